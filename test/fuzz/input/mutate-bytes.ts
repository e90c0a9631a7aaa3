import fc from 'fast-check';
import { place, placeIn } from './positions.ts';

/** A change of an input. */
export type Edit = (bytes: Uint8Array) => Uint8Array;

/** No input grows beyond this: bounds of the product are asked for by what an input says, not by its size. */
const INPUT_MAX_BYTES = 1 << 20;

/** Where signs, sizes and offsets turn over. */
const TURNING_POINTS = [
  ...[
    0n,
    1n,
    2n,
    3n,
    7n,
    8n,
    15n,
    16n,
    31n,
    32n,
    63n,
    64n,
    100n,
    127n,
    128n,
    255n,
    256n,
    511n,
    512n,
    1000n,
  ],
  ...[
    1023n,
    1024n,
    4095n,
    4096n,
    32_767n,
    32_768n,
    65_535n,
    65_536n,
    100_000n,
    1n << 20n,
    1n << 24n,
  ],
  ...[(1n << 30n) - 1n, 1n << 30n, (1n << 31n) - 1n, 1n << 31n, (1n << 32n) - 1n, 1n << 32n],
  ...[(1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n],
];

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts).subarray(0, INPUT_MAX_BYTES));

const changed = (bytes: Uint8Array, change: (copy: Uint8Array, view: DataView) => void) => {
  const copy = bytes.slice();
  change(copy, new DataView(copy.buffer, copy.byteOffset, copy.byteLength));
  return copy;
};

/** Writes a number of 1, 2, 4 or 8 bytes, of which there must be so many. */
function setNumber(view: DataView, at: number, size: number, value: bigint, little: boolean): void {
  if (size === 1) view.setUint8(at, Number(BigInt.asUintN(8, value)));
  else if (size === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), little);
  else if (size === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), little);
  else view.setBigUint64(at, BigInt.asUintN(64, value), little);
}

function getNumber(view: DataView, at: number, size: number, little: boolean): bigint {
  if (size === 1) return BigInt(view.getUint8(at));
  if (size === 2) return BigInt(view.getUint16(at, little));
  if (size === 4) return BigInt(view.getUint32(at, little));
  return view.getBigUint64(at, little);
}

const sizes = fc.constantFrom(4, 2, 1, 8);
const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4096 }));

/** Changes a number that stands at a multiple of its size, as fields do: to another, by a little, to a length. */
const numberEdit = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...TURNING_POINTS).map((value) => () => value),
      fc.integer({ min: -4, max: 4 }).map((by) => (now: bigint) => now + BigInt(by)),
      fc.constantFrom(2n, 4n, 256n).map((by) => (now: bigint) => now * by),
      // A length or an offset near the end of what is there.
      fc.integer({ min: -72, max: 8 }).map((by) => (_: bigint, all: number) => BigInt(all + by)),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value) => () => value),
    ),
    place,
    sizes,
    fc.boolean(),
  )
  .map(
    ([next, at, size, isBig]): Edit =>
      (bytes) => {
        if (bytes.length < size) return bytes;
        return changed(bytes, (_, view) => {
          const slot = placeIn(at, Math.floor(bytes.length / size)) * size;
          const now = getNumber(view, slot, size, !isBig);
          setNumber(view, slot, size, next(now, bytes.length), !isBig);
        });
      },
  );

const bitEdit = fc.tuple(place, fc.nat(7)).map(
  ([at, bit]): Edit =>
    (bytes) =>
      changed(bytes, (copy) => {
        if (copy.length > 0) copy[placeIn(at, copy.length)]! ^= 1 << bit;
      }),
);

const overwriteEdit = fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 16 })).map(
  ([at, some]): Edit =>
    (bytes) =>
      changed(bytes, (copy) => {
        const from = placeIn(at, copy.length);
        copy.set(some.subarray(0, copy.length - from), from);
      }),
);

const cutEdit = place.map(
  (at): Edit =>
    (bytes) =>
      bytes.slice(0, placeIn(at, bytes.length)),
);

const removeEdit = fc.tuple(place, length).map(
  ([at, count]): Edit =>
    (bytes) => {
      const from = placeIn(at, bytes.length);
      return concat(bytes.subarray(0, from), bytes.subarray(from + count));
    },
);

const insertEdit = fc
  .tuple(
    place,
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 32 }),
      fc
        .tuple(fc.constantFrom(0, 0xff, 0x80, 0x20), length)
        .map(([byte, n]) => new Uint8Array(n).fill(byte)),
    ),
  )
  .map(
    ([at, some]): Edit =>
      (bytes) => {
        const from = placeIn(at, bytes.length + 1);
        return concat(bytes.subarray(0, from), some, bytes.subarray(from));
      },
  );

const repeatEdit = fc.tuple(place, length, fc.integer({ min: 1, max: 8 })).map(
  ([at, count, times]): Edit =>
    (bytes) => {
      const from = placeIn(at, bytes.length);
      const part = bytes.subarray(from, from + count);
      return concat(
        bytes.subarray(0, from),
        ...Array.from({ length: times }, () => part),
        bytes.subarray(from),
      );
    },
);

const spliceEdit = (others: readonly Uint8Array[]) =>
  fc.tuple(fc.nat(others.length - 1), place, place).map(
    ([other, at, from]): Edit =>
      (bytes) => {
        const more = others[other]!;
        return concat(
          bytes.subarray(0, placeIn(at, bytes.length)),
          more.subarray(placeIn(from, more.length)),
        );
      },
  );

/** One change of bytes that knows nothing of their layout but that numbers stand at multiples of their size. */
export const byteEdit = (seeds: readonly Uint8Array[]): fc.Arbitrary<Edit> =>
  fc.oneof(
    { arbitrary: numberEdit, weight: 6 },
    { arbitrary: bitEdit, weight: 3 },
    { arbitrary: overwriteEdit, weight: 2 },
    { arbitrary: cutEdit, weight: 1 },
    { arbitrary: removeEdit, weight: 1 },
    { arbitrary: insertEdit, weight: 2 },
    { arbitrary: repeatEdit, weight: 1 },
    { arbitrary: spliceEdit(seeds), weight: 1 },
  );

/** Some changes, which shrink to fewer. */
export const edits = (
  edit: fc.Arbitrary<Edit>,
  { least = 0, most = 5 }: { least?: number; most?: number } = {},
): fc.Arbitrary<Edit> =>
  fc
    .array(edit, { minLength: least, maxLength: most })
    .map((all) => (bytes: Uint8Array) => all.reduce((now, change) => change(now), bytes));

/**
 * One of the seeds with some changes.
 *
 * @param repair makes hashes and the like fit again, so that what lies behind them is reached. Half of all inputs
 * are repaired. @default none is
 */
export function mutatedBytes(
  seeds: readonly Uint8Array[],
  repair?: (bytes: Uint8Array) => Uint8Array,
): fc.Arbitrary<Uint8Array> {
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), edits(byteEdit(seeds)))
    .map(([seed, change]) => change(seed));
  if (repair === undefined) return mutated;
  return fc
    .tuple(mutated, fc.boolean())
    .map(([bytes, isRepaired]) => (isRepaired ? repair(bytes) : bytes));
}
