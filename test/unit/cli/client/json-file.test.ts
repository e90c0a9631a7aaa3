import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readJsonFile } from '../../../../services/cli/client/json-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-json-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(content: string | Uint8Array): string {
  const file = path.join(folder, 'file.json');
  writeFileSync(file, content);
  return file;
}

test('a byte order mark before the JSON is no part of it', () => {
  expect(readJsonFile(fileOf('\uFEFF{"width": 500}\r\n'))).toEqual({ width: 500 });
});

test('a file that holds something else is undefined', () => {
  expect(readJsonFile(fileOf('width: 500'))).toBeUndefined();
  expect(readJsonFile(fileOf(new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])))).toBeUndefined();
});

test('a file that cannot be read is one clear line that names it, with exit code 2', () => {
  const missing = path.join(folder, 'none.json');
  expect(() => readJsonFile(missing)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(missing) }),
  );
});
