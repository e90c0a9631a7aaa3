import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds against a part of a page: a line for each finding. */
export async function accessibilityFaults(page: Page, selector: string): Promise<string[]> {
  // By the debugger: the page itself lets no foreign script in.
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(${JSON.stringify(selector)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`);
}
