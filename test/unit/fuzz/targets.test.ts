import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkTarget } from '../../fuzz/driver/check.ts';
import { TARGETS } from '../../fuzz/targets/targets.ts';

/** `npm run fuzz` does the same for longer. */
const RUNS = 12;

test.each(TARGETS.map((target) => [target.name, target] as const))(
  '%s takes what is valid, and refuses anything else as it says',
  async (_name, target) => {
    expect(await checkTarget(target, RUNS)).toEqual([]);
  },
);

/** Where a source turns into values what somebody else has written. */
const READING =
  /\b(?:parseJson|JSON\.parse)\(|\.(?:safeParse|parse)\(|\bexport (?:async )?function (?:decode|read|unpack|parse)\w*\(|\bparseArgs\(/;

/** Those that need no target of their own, and why. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['services/protocol/common/json.ts', 'the others read JSON with it'],
  ['services/kernel/shared-note.ts', 'notes of threads of one process'],
  ['services/kernel/assembly/unpack.ts', 'it is asked only once the bytes were counted'],
  ['services/dashboard/src/world/live/present.ts', 'what the page has just written'],
  ['services/coordinator/chores/measurements.ts', 'times of its own clock'],
  ['services/platform/observability/process-usage.ts', 'figures of Node'],
  ['services/local/cluster.ts', 'messages of the child that it has started'],
  ['services/local/store-look.ts', 'messages of the child that it has started'],
  [
    'services/coordinator/checkpoints/checkpoint-archive.ts',
    'by the schema that the target manifest runs',
  ],
  ['services/platform/rpc/get-json.ts', 'what it gives out is that of the target strangers-json'],
  ['services/cli/doctor/local-look.ts', 'a field of a document, by a schema and nothing else'],
]);

test('each source that reads what others wrote has a target', () => {
  const read = new Set(TARGETS.flatMap(({ reads }) => reads));
  const found = sourcesBelow('services').filter((file) => READING.test(withoutDates(file)));
  expect(found.filter((file) => !read.has(file) && !OTHERS.has(file))).toEqual([]);
});

test('what the targets say that they read is there', () => {
  const files = [...TARGETS.flatMap(({ reads }) => reads), ...OTHERS.keys()];
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('each corpus is that of a target', () => {
  const names = TARGETS.map(({ name }) => name);
  expect(readdirSync('test/fuzz/corpus').filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

const sourcesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.posix.join(...path.join(entry.parentPath, entry.name).split(path.sep)));

const withoutDates = (file: string): string =>
  readFileSync(file, 'utf8').replace(/\bDate\.parse\(/g, '');
