import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { CliError, EXIT } from './exit-codes.ts';

/**
 * Writes a file, over one that is there.
 *
 * @throws CliError if it cannot be written.
 */
export async function writeResult(file: string, bytes: Uint8Array): Promise<void> {
  await orUnwritable(file, writeFile(file, bytes));
}

/**
 * Writes a file piece by piece, over one that is there, or into a pipe.
 *
 * @param amendment what is to stand at a place of the file once all pieces are written; undefined: it is right as it is.
 * @returns how many bytes it has.
 * @throws CliError if it cannot be written, or amended because it is a pipe, and what the pieces throw.
 */
export async function writePieces(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  amendment: () => { at: number; bytes: Uint8Array } | undefined,
): Promise<number> {
  const handle = await orUnwritable(file, open(file, 'w'));
  let sizeBytes = 0;
  try {
    for await (const piece of pieces) {
      await orUnwritable(file, handle.writeFile(piece));
      sizeBytes += piece.byteLength;
    }
    const amended = amendment();
    if (amended !== undefined) {
      const { at, bytes } = amended;
      if (!(await handle.stat()).isFile()) throw notAmendable(file);
      await orUnwritable(file, handle.write(bytes, 0, bytes.byteLength, at));
    }
  } finally {
    await handle.close();
  }
  return sizeBytes;
}

const notAmendable = (file: string) =>
  new CliError(
    `${file} is wrong at its beginning, which cannot be mended in a pipe: export to a file.`,
    EXIT.refused,
  );

/**
 * Makes a folder for results, with those above it.
 *
 * @throws CliError if it cannot be made, or there is something in it.
 */
export async function emptyFolder(folder: string): Promise<void> {
  await orUnwritable(folder, mkdir(folder, { recursive: true }));
  const there = await orUnwritable(folder, readdir(folder));
  if (there.length > 0) {
    throw new CliError(`${folder} is not empty: choose another folder with --out.`, EXIT.usage);
  }
}

/** @throws CliError that names the path. */
export function orUnwritable<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    const reason = (error as Error).message;
    throw new CliError(`${path} cannot be written: ${reason}`, EXIT.usage, error);
  });
}
