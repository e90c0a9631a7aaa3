import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromParquet, toParquet } from '../../../../services/platform/series/parquet.ts';
import type { Row, Table } from '../../../../services/protocol/series/table.ts';

const TABLE: Table = {
  name: 'test',
  everyTicks: 20,
  columns: [
    { name: 'food', kind: 'state' },
    { name: 'squares', kind: 'state', type: 'uint64' },
    { name: 'shannon', kind: 'state', type: 'fraction' },
    { name: 'births', kind: 'change' },
  ],
  rowsPerItem: 5,
};

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 });
const anyRows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      food: orNull(fc.maxSafeNat()),
      squares: orNull(fc.bigInt(0n, 2n ** 64n - 1n).map(String)),
      shannon: orNull(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })),
      births: orNull(fc.nat()),
    }),
    { maxLength: 300 },
  )
  .map((rows) => rows.map((row, i) => ({ tick: i * 20, ...row })));

test('rows come out as they went in, whatever their values', async () => {
  await fc.assert(
    fc.asyncProperty(anyRows, async (rows) => {
      expect(await fromParquet(TABLE, await toParquet(TABLE, rows))).toEqual(rows);
    }),
    { numRuns: 60 },
  );
});

test('the same rows give the same bytes', async () => {
  const rows = Array.from({ length: 1024 }, (_, i) => ({
    ...{ tick: i * 20, food: i * i, squares: String(i), shannon: i / 7, births: null },
  }));
  const [first, second] = [
    await toParquet(TABLE, rows),
    await toParquet(TABLE, structuredClone(rows)),
  ];
  expect(Buffer.from(first).equals(second)).toBe(true);
});

test('a column that another build did not store is not known', async () => {
  const before: Table = { ...TABLE, columns: TABLE.columns.slice(0, 1) };
  const stored = await toParquet(before, [{ tick: 20, food: 1 }]);
  expect(await fromParquet(TABLE, stored)).toEqual([
    { tick: 20, food: 1, squares: null, shannon: null, births: null },
  ]);
});

test('others get their turn between some thousand values and the next', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({ tick: i * 20, food: i }));
  let turns = 0;
  const stored = await toParquet(TABLE, rows, async () => {
    turns++;
  });
  expect(turns).toBe(2);
  expect((await fromParquet(TABLE, stored)).map(({ food }) => food)).toEqual(
    rows.map(({ food }) => food),
  );
});

test('a part of a buffer is read as what it is', async () => {
  const stored = await toParquet(TABLE, [{ tick: 20, food: 1 }]);
  const within = new Uint8Array(stored.byteLength + 20);
  within.set(stored, 10);
  const rows = await fromParquet(TABLE, within.subarray(10, 10 + stored.byteLength));
  expect(rows).toMatchObject([{ tick: 20, food: 1 }]);
});

test('what is no file of Parquet is an error', async () => {
  await expect(fromParquet(TABLE, new Uint8Array(100))).rejects.toThrow();
});

/** A file as builds before the seal wrote it. */
function withoutSeal(file: Uint8Array): Uint8Array {
  const [mark, bytes] = ['colony.sha256.1\0', 16 + 32];
  const at = Buffer.from(file).indexOf(mark);
  expect(at).toBeGreaterThan(0);
  return new Uint8Array(Buffer.concat([file.subarray(0, at), file.subarray(at + bytes)]));
}

const STORED = await toParquet(TABLE, [
  { tick: 20, food: 1, squares: '4', shannon: 0.5, births: 2 },
  { tick: 40, food: 9, squares: '5', shannon: 0.25, births: null },
]);

test('a file with any byte changed is refused before it is read', async () => {
  // The mark itself is left out: without it a file is one of an earlier build.
  const mark = Buffer.from(STORED).indexOf('colony.sha256.1');
  const places = fc.nat(STORED.length - 1).filter((at) => at < mark || at >= mark + 16);
  await fc.assert(
    fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const damaged = STORED.slice();
      damaged[at] = (damaged[at]! + by) & 255;
      await expect(fromParquet(TABLE, damaged)).rejects.toThrow('it is damaged');
    }),
  );
});

test('a file of an earlier build, which has no seal, is read', async () => {
  const rows = await fromParquet(TABLE, STORED);
  expect(await fromParquet(TABLE, withoutSeal(STORED))).toEqual(rows);
});
