import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotatingFile } from '../../../../services/platform/observability/rotating-file.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colony-log-'));
  file = join(folder, 'logs', 'backend-1.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MAX_BYTES = 200_000;
const line = (number: number) => `${String(number).padStart(999, '.')}\n`;
const numbersIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => Number(text.replaceAll('.', '')));
/** What this process has open. */
const openFiles = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // That of the listing itself is closed by now.
      return [];
    }
  });
const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

test('what is written is bounded while it is written, and the newest is kept without gaps', () => {
  const log = new RotatingFile(file, MAX_BYTES);
  let largest = 0;
  for (let i = 1; i <= 2_000; i++) {
    log.write(line(i));
    largest = Math.max(largest, sizeOf(file) + sizeOf(`${file}.1`));
  }
  expect(largest).toBeLessThan(2 * (MAX_BYTES + 66_000));
  const kept = [...numbersIn(`${file}.1`), ...numbersIn(file)];
  expect(kept.length * 1_000).toBeGreaterThan(MAX_BYTES);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 2_001 - kept.length + i));
});

test('a log that is too large already is put aside with the first line', () => {
  mkdirSync(join(folder, 'logs'));
  writeFileSync(file, line(1).repeat(300));
  new RotatingFile(file, MAX_BYTES).write(line(2));
  expect(numbersIn(`${file}.1`)).toHaveLength(300);
  expect(numbersIn(file)).toEqual([2]);
});

test('whoever else writes to the file goes on writing to it', () => {
  const log = new RotatingFile(file, MAX_BYTES);
  const stderr = openSync(file, 'a');
  for (let i = 1; i <= 600; i++) log.write(line(i));
  writeSync(stderr, line(7_777));
  closeSync(stderr);
  log.write(line(601));
  expect(numbersIn(file).slice(-2)).toEqual([7_777, 601]);
});

test('both files are readable by their owner only', () => {
  const log = new RotatingFile(file, MAX_BYTES);
  for (let i = 1; i <= 600; i++) log.write(line(i));
  expect([file, `${file}.1`].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
});

test('a file that somebody took away is made again', () => {
  const log = new RotatingFile(file, MAX_BYTES);
  for (let i = 1; i <= 100; i++) log.write(line(i));
  renameSync(file, `${file}.kept`);
  for (let i = 101; i <= 600; i++) log.write(line(i));
  expect(numbersIn(file).at(-1)).toBe(600);
  expect(sizeOf(`${file}.kept`)).toBeLessThan(2 * MAX_BYTES);
});

test.runIf(process.platform === 'linux')('a file that was taken away is let go of', () => {
  const log = new RotatingFile(file, MAX_BYTES);
  for (let i = 1; i <= 100; i++) log.write(line(i));
  renameSync(file, `${file}.kept`);
  expect(openFiles()).toContain(`${file}.kept`);
  for (let i = 101; i <= 600; i++) log.write(line(i));
  expect(openFiles()).toContain(file);
  expect(openFiles()).not.toContain(`${file}.kept`);
});

test('what cannot be put aside is no error, and is written on', () => {
  mkdirSync(join(folder, 'logs', 'backend-1.log.1', 'in the way'), { recursive: true });
  const log = new RotatingFile(file, MAX_BYTES);
  for (let i = 1; i <= 600; i++) log.write(line(i));
  expect(numbersIn(file).at(-1)).toBe(600);
});

test('a folder that cannot be made is an error at once', () => {
  writeFileSync(join(folder, 'logs'), '');
  expect(() => new RotatingFile(file)).toThrow(/logs/);
});

test.runIf(process.platform === 'linux')(
  'what the disk has no room for is lost without harm',
  () => {
    const log = new RotatingFile('/dev/full', MAX_BYTES);
    for (let i = 1; i <= 10; i++) log.write(line(i));
  },
);
