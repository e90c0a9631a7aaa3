import { sha256 } from '../../protocol/common/canonical-json.ts';

/*
 * What tells whether a file of Parquet is whole. It stands between the last column and the footer, where a reader of
 * Parquet looks at nothing:
 *
 *     0    MARK
 *     16   SHA-256 of all bytes of the file before it and after it
 *
 * The reader believes every length and count in a file: one flipped bit of a page let it run without end, on the
 * leader's main thread. So nothing is given to it that is not what was written. Files of earlier builds have no seal,
 * and are read as they are; that the mark itself is what was damaged, and something else as well, is left to chance.
 */
const MARK = Buffer.from('colony.sha256.1\0', 'latin1');
const HASH_BYTES = 32;

/** Room for the seal, to be written before the footer. */
export const unsealed = (): Uint8Array =>
  new Uint8Array(Buffer.concat([MARK, new Uint8Array(HASH_BYTES)]));

/** Writes the hash into a whole file that has room for it. */
export function seal(file: Uint8Array): void {
  const at = hashIn(file);
  if (at === undefined) throw new Error('a file without room for a seal');
  file.set(Buffer.from(hashOf(file, at), 'hex'), at);
}

/** Whether there is a seal. Throws an Error if there is one, and the file is not what was sealed. */
export function checkSeal(file: Uint8Array): boolean {
  const at = hashIn(file);
  if (at === undefined) return false;
  const told = Buffer.from(file.subarray(at, at + HASH_BYTES)).toString('hex');
  if (hashOf(file, at) === told) return true;
  throw new Error('it is damaged: its SHA-256 is another');
}

/** Where the hash is. The mark is looked for from the end, and nothing of the file is believed for that. */
function hashIn({ buffer, byteOffset, byteLength }: Uint8Array): number | undefined {
  const mark = Buffer.from(buffer, byteOffset, byteLength).lastIndexOf(MARK);
  return mark < 0 ? undefined : mark + MARK.byteLength;
}

const hashOf = (file: Uint8Array, at: number): string =>
  sha256(file.subarray(0, at), file.subarray(at + HASH_BYTES));
