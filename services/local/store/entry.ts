import { hash } from 'node:crypto';

/**
 * How a text is stored under a key, and how a store adds up what it holds.
 *
 *     stored value:  check (16 bytes) ‖ the text in UTF-8
 *     check:         the first 16 bytes of SHA-256(key NUL text)
 *     sum:           the checks of all entries, as big-endian numbers, added modulo 2^128
 *
 * The check finds a value that changed; the sum finds an entry that was lost or came back.
 */
const CHECK_BYTES = 16;
const SUM_BITS = CHECK_BYTES * 8;

export type Entry = readonly [key: string, stored: Uint8Array];

function checkOf(key: string, text: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${key}\0`), text]), 'buffer').subarray(
    0,
    CHECK_BYTES,
  );
}

export function encodeEntry(key: string, text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([checkOf(key, bytes), bytes]);
}

/** The text, or undefined if its check does not fit. */
export function decodeEntry([key, stored]: Entry): string | undefined {
  if (stored.byteLength < CHECK_BYTES) return undefined;
  const text = stored.subarray(CHECK_BYTES);
  const check = checkOf(key, text);
  return check.equals(stored.subarray(0, CHECK_BYTES))
    ? Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString()
    : undefined;
}

/** What an entry whose check fits adds to the sum. */
export function weightOf(stored: Uint8Array): bigint {
  const view = new DataView(stored.buffer, stored.byteOffset, CHECK_BYTES);
  return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
}

export const addToSum = (sum: bigint, weight: bigint): bigint =>
  BigInt.asUintN(SUM_BITS, sum + weight);

/** 32 hex digits. */
export const sumText = (sum: bigint): string => sum.toString(16).padStart(SUM_BITS / 4, '0');
