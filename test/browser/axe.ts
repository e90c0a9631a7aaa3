import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds against a part of a page: a line for each finding. */
export async function accessibilityFaults(page: Page, selector: string): Promise<string[]> {
  // By the debugger: the page itself lets no foreign script in.
  await page.evaluate(await readFile(SOURCE, 'utf8'));
  return page.evaluate<string[]>(`axe.run(${JSON.stringify(selector)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`);
}
