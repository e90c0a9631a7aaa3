/** Bytes without a pattern, the same for the same seed. */
export function noise(seed: number, length: number): Uint8Array {
  let value = seed;
  return Uint8Array.from({ length }, () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value >>> 24;
  });
}
