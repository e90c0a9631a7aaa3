import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The linter with the project's configuration, over a folder that holds a file for each case. */
const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
let root = '';
/** The files that it finds fault with. */
const banned = new Set<string>();

/** Where time, chance, network and settings come in by injection. */
const CORE = 'services/coordinator/ticking';
const SHELL = 'services/platform/runtime';
const MAIN = 'services/coordinator';

const cases: [line: string, isBanned: boolean][] = [
  ['Date.now();', true],
  ['new Date();', true],
  ['new Date(stored);', false],
  ['performance.now();', true],
  ['process.hrtime.bigint();', true],
  ['setTimeout(f, 10);', true],
  ['setInterval(f, 10);', true],
  ['setImmediate(f);', true],
  ['globalThis.setInterval(f, 10);', true],
  ["import { setTimeout as sleep } from 'node:timers/promises';", true],
  ["import { setTimeout as sleep } from 'node:timers';", true],
  ["import { setTimeout as sleep } from 'timers';", true],
  ['clock.setTimeout(f, 10);', false],
  ['AbortSignal.timeout(5);', true],
  ['AbortSignal.any([a, b]);', false],
  ['Math.random();', true],
  ['const { random } = Math;', true],
  ['Math.max(a, b);', false],
  ['fetch(url);', true],
  ['globalThis.fetch(url);', true],
  ['app.fetch(request);', false],
  ['type T = { fetch(request: Request): Promise<Response> };', false],
  ['process.env.HOME;', true],
  ['process.exit(1);', false],
  ['a(); // Date.now()', false],
  ["get('http://localhost', Math.random());", true],
];
const nameOf = (folder: string, i: number) => `${folder}/case-${i}.ts`;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'colony-bans-'));
  const config = JSON.parse(readFileSync('biome.json', 'utf8'));
  writeFileSync(path.join(root, 'biome.json'), JSON.stringify({ ...config, vcs: undefined }));
  cpSync('scripts/biome', path.join(root, 'scripts/biome'), { recursive: true });
  const write = (name: string, line: string) => {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(root, name), `${line}\n`);
  };
  for (const [i, [line]] of cases.entries()) {
    write(nameOf(CORE, i), line);
    write(nameOf(SHELL, i), line);
  }
  write(`${MAIN}/main.ts`, 'process.env.HOME;');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  // It ends with an error, for there are faults.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root }).catch(
    (error: { stdout: string }) => error,
  );
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    if (/^plugin$|noRestricted(Globals|Imports)/.test(category)) {
      banned.add(location.path);
    }
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the core', () => {
  test.each(cases.map((entry, i) => [...entry, i] as const))('%s', (_line, isBanned, i) => {
    expect(banned.has(nameOf(CORE, i))).toBe(isBanned);
  });
});

test('the platform, which adapts them, and composition roots may use all of them', () => {
  const elsewhere = [...banned].filter((name) => !name.startsWith(CORE));
  expect(elsewhere).toEqual([]);
});
