import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CollectedBytes } from '../../../../services/platform/http/collected-bytes.ts';

const MAX_BYTES = 10_000;
const chunk = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.nat(6_000).map((length) => new Uint8Array(length).fill(length)),
);

test('all chunks are kept in their order, but one that would go beyond the bound', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      const collected = new CollectedBytes(MAX_BYTES);
      let expected = Buffer.alloc(0);
      for (const bytes of chunks) {
        const fits = expected.byteLength + bytes.byteLength <= MAX_BYTES;
        expect(collected.append(bytes)).toBe(fits);
        if (fits) expected = Buffer.concat([expected, bytes]);
        expect(collected.length).toBe(expected.byteLength);
      }
      expect(expected.equals(collected.bytes())).toBe(true);
    }),
  );
});

test('no more is allocated than twice the bytes, or the bound', () => {
  const collected = new CollectedBytes(MAX_BYTES);
  for (let i = 0; i < MAX_BYTES; i++) {
    collected.append(new Uint8Array(1));
    expect(collected.allocatedBytes).toBeLessThanOrEqual(Math.max(1_024, 2 * collected.length));
  }
  expect(collected.allocatedBytes).toBe(MAX_BYTES);
});

test('a chunk may be used again by whoever gave it', () => {
  const collected = new CollectedBytes(MAX_BYTES);
  const given = new Uint8Array([1, 2, 3]);
  collected.append(given);
  given.fill(9);
  expect([...collected.bytes()]).toEqual([1, 2, 3]);
});
