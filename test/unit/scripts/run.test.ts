import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const cache = 'node_modules/.cache/colony';
const leftovers = () => (existsSync(cache) ? readdirSync(cache) : []);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(source: string, ...args: string[]) {
  const script = path.join(folder, 'script.ts');
  writeFileSync(script, source);
  const { status, stdout, stderr, pid } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', script, ...args],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr, pid };
}

test('a TypeScript script gets its arguments and the packages of the repository', () => {
  const { stdout, status } = run(
    `import { z } from 'zod';
     const args: string[] = process.argv.slice(2);
     console.log(z.array(z.string()).parse(args).join('+'));`,
    'a',
    '--b',
  );
  expect({ stdout, status }).toEqual({ stdout: 'a+--b\n', status: 0 });
});

test('its exit code is passed on, and its failure names the line of the source', () => {
  const { status, stderr } = run(`const unused: number = 1;\n\nthrow new Error('broken');\n`);
  expect(status).toBe(1);
  expect(stderr).toContain('script.ts:3');
});

test('it leaves no temporary file behind, however it ends', () => {
  const { pid, status } = run('process.exit(3);');
  expect(status).toBe(3);
  expect(leftovers().filter((name) => name.startsWith(`run-${pid}-`))).toEqual([]);
});
