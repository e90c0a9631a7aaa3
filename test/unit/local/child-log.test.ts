import { closeSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastLogLines, openChildLog, readable } from '../../../services/local/child-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function append(file: string, text: string, rotateBytes?: number) {
  const fd = openChildLog(file, rotateBytes);
  writeSync(fd, text);
  closeSync(fd);
}

test('a log is appended to, in a folder that is made for it', () => {
  const file = path.join(folder, 'logs', 'backend-1.log');
  append(file, 'one\n');
  append(file, 'two\n');
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
});

test('a log that has grown too large is put aside when its process starts', () => {
  const file = path.join(folder, 'backend-1.log');
  append(file, 'old and long\n', 5);
  append(file, 'new\n', 5);
  expect(readFileSync(file, 'utf8')).toBe('new\n');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('old and long\n');
});

test('the last lines are made readable', () => {
  const file = path.join(folder, 'a.log');
  const line = JSON.stringify({ level: 'error', msg: 'gone', err: { message: 'no disk' } });
  writeFileSync(file, `first\n\n${line}\nError: plain\n`);
  expect(lastLogLines(file, 2)).toEqual(['error gone: no disk', 'Error: plain']);
});

test('a log that is not there has no last lines', () => {
  expect(lastLogLines(path.join(folder, 'none.log'), 5)).toEqual([]);
});

test('a long log is not read as a whole, its last lines are right all the same', () => {
  const file = path.join(folder, 'long.log');
  writeFileSync(file, `${`${'x'.repeat(100)}\n`.repeat(1000)}last\n`);
  expect(lastLogLines(file, 1)).toEqual(['last']);
});

test('levels are named whether they are numbers or words', () => {
  expect(readable('{"level":40,"msg":"a"}')).toBe('warn a');
  expect(readable('{"level":"info","msg":"b"}')).toBe('info b');
  expect(readable('{"some":"json"}')).toBe('{"some":"json"}');
});
