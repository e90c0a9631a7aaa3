import { ColonyError } from '../common/errors.ts';
import type { PartObject } from './manifest.ts';

/** An object that is read, as the manifest has it: its faults are told of it. */
export interface PartSource {
  key: string;
  /** The name of the backend that wrote it. */
  backendId: string;
  object: PartObject;
}

/** `shard 4`, `shards 4 to 7` */
export const shardsOf = (from: number | undefined, to: number | undefined): string =>
  from === to ? `shard ${from}` : `shards ${from} to ${to}`;

/** CHECKPOINT_UNREADABLE with one line: which object, of whom, which shards, what is wrong. */
export function unreadable(
  { key, backendId, object }: PartSource,
  what: string,
  band?: { shard: number; firstRow: number; rows: number },
): ColonyError {
  const shards = shardsOf(object.shardsFrom, object.shardsTo);
  const where =
    band === undefined
      ? shards
      : `shard ${band.shard}, rows ${band.firstRow} to ${band.firstRow + band.rows - 1}`;
  return new ColonyError(
    'CHECKPOINT_UNREADABLE',
    `the checkpoint object ${key} of ${backendId} (${where}): ${what}`,
    { extra: { key } },
  );
}

/** A SHA-256 of 32 bytes, as 64 hex digits. */
export const hashAt = (bytes: Uint8Array, at: number): string =>
  Array.from(bytes.subarray(at, at + 32), (byte) => byte.toString(16).padStart(2, '0')).join('');

export function setHash(bytes: Uint8Array, at: number, hash: string): void {
  for (let byte = 0; byte < 32; byte++) {
    bytes[at + byte] = Number.parseInt(hash.slice(2 * byte, 2 * byte + 2), 16);
  }
}
