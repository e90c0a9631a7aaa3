import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writePieces } from '../../../../services/cli/terminal/result-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'result-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function* pieces() {
  yield Buffer.from('abc');
  yield Buffer.from('def');
}
const amendment = () => ({ at: 1, bytes: Buffer.from('X') });

/** A pipe, and what comes out of it. */
function pipe() {
  const file = join(folder, 'pipe');
  execFileSync('mkfifo', [file]);
  return { file, read: readFile(file, 'utf8') };
}

test('a file is written piece by piece, and amended', async () => {
  const file = join(folder, 'file');
  expect(await writePieces(file, pieces(), amendment)).toBe(6);
  expect(await readFile(file, 'utf8')).toBe('aXcdef');
});

test('a pipe takes what needs no amendment', async () => {
  const { file, read } = pipe();
  expect(await writePieces(file, pieces(), () => undefined)).toBe(6);
  expect(await read).toBe('abcdef');
});

test('a pipe that would have to be amended is told as such', async () => {
  const { file, read } = pipe();
  await expect(writePieces(file, pieces(), amendment)).rejects.toMatchObject({
    message: `${file} is wrong at its beginning, which cannot be mended in a pipe: export to a file.`,
    exitCode: 1,
  });
  await read;
});
