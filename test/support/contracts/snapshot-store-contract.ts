import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SnapshotStore } from '../../../services/platform/snapshots/snapshot-store.ts';

const bytesOf = (...values: number[]) => Uint8Array.from(values);
const MAX_BYTES = 16 * 1024 * 1024;

/** What every SnapshotStore does. `create` gives one that is empty. */
export function snapshotStoreContract(
  create: () => Promise<SnapshotStore>,
  {
    isAtomic = true,
    clockStepMs = 1,
  }: {
    /** Where one key is written by many at one moment, exactly one is told that it did. */
    isAtomic?: boolean;
    /** Of the clock that says when an object was stored: some stores count in seconds only. */
    clockStepMs?: number;
  } = {},
): void {
  test('what was stored is got back, bit for bit, be it empty or large', async () => {
    const store = await create();
    const large = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 31) & 0xff);
    const objects: [string, Uint8Array][] = [
      ['checkpoints/reef/i1/0/shard-0', bytesOf(0, 255, 128, 10, 13)],
      ['empty', bytesOf()],
      ['large', large],
    ];
    for (const [key, bytes] of objects) {
      expect(await store.putIfAbsent(key, bytes)).toBe(true);
      expect(Buffer.compare((await store.get(key, MAX_BYTES)) ?? bytesOf(1), bytes)).toBe(0);
    }
  });

  test('what is not there is undefined', async () => {
    const store = await create();
    expect(await store.get('a/b', MAX_BYTES)).toBeUndefined();
    await store.putIfAbsent('a/b/c', bytesOf(1));
    expect(await store.get('a/b/d', MAX_BYTES)).toBeUndefined();
    expect(await store.get('a/b/c/d', MAX_BYTES)).toBeUndefined();
  });

  test('what is there is never replaced', async () => {
    const store = await create();
    expect(await store.putIfAbsent('a/b', bytesOf(1))).toBe(true);
    expect(await store.putIfAbsent('a/b', bytesOf(2, 3))).toBe(false);
    expect(await store.get('a/b', MAX_BYTES)).toEqual(bytesOf(1));
  });

  test.runIf(isAtomic)('of many who write one key at one moment, one does', async () => {
    const store = await create();
    const writers = Array.from({ length: 12 }, (_, index) => bytesOf(index));
    const wins = await Promise.all(writers.map((bytes) => store.putIfAbsent('a/b', bytes)));
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(await store.get('a/b', MAX_BYTES)).toEqual(writers[wins.indexOf(true)]);
  });

  test('an object of more bytes than are read is refused', async () => {
    const store = await create();
    await store.putIfAbsent('a', bytesOf(1, 2, 3));
    expect(await store.get('a', 3)).toEqual(bytesOf(1, 2, 3));
    await expect(store.get('a', 2)).rejects.toThrow('the object a has 3 bytes, at most 2 are read');
  });

  test('a range is exactly the bytes that are asked for', async () => {
    const store = await create();
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) & 0xff);
    await store.putIfAbsent('a/b', bytes);
    for (const [offset, lengthBytes] of [
      [0, 1],
      [0, 1000],
      [1, 998],
      [999, 1],
    ] as const) {
      const range = await store.getRange('a/b', offset, lengthBytes);
      expect(range).toEqual(bytes.slice(offset, offset + lengthBytes));
    }
  });

  test('a range of what is not there is undefined', async () => {
    const store = await create();
    await store.putIfAbsent('a/b/c', bytesOf(1));
    expect(await store.getRange('a/b/d', 0, 1)).toBeUndefined();
    expect(await store.getRange('a/b/c/d', 0, 1)).toBeUndefined();
  });

  test.each([
    [0, 4],
    [2, 2],
    [3, 1],
    [4_000_000, 1],
  ])(
    'a range from %i of %i bytes that ends after the object is refused',
    async (offset, lengthBytes) => {
      const store = await create();
      await store.putIfAbsent('a', bytesOf(1, 2, 3));
      await expect(store.getRange('a', offset, lengthBytes)).rejects.toThrow(
        `the object a ends before ${lengthBytes} bytes at ${offset} do`,
      );
    },
  );

  test.each([
    [0, 0],
    [-1, 1],
    [0.5, 1],
    [0, 1.5],
    [Number.NaN, 1],
  ])('%d and %d bytes are no range', async (offset, lengthBytes) => {
    const store = await create();
    await expect(store.getRange('a', offset, lengthBytes)).rejects.toThrow('not a range');
  });

  test('a listing says when an object was stored, by one clock', async () => {
    const store = await create();
    await store.putIfAbsent('a/1', bytesOf(1));
    await new Promise((resolve) => setTimeout(resolve, 1.1 * clockStepMs + 10));
    await store.putIfAbsent('a/2', bytesOf(1));
    const [first, second] = await store.list('a/');
    expect(second?.modifiedMs).toBeGreaterThan(first?.modifiedMs ?? Number.NaN);
    expect(new Date(first?.modifiedMs ?? 0).getFullYear()).toBeGreaterThan(2020);
    await store.putIfAbsent('a/1', bytesOf(2));
    expect((await store.list('a/'))[0]).toEqual(first);
  });

  test('a folder lists everything below it, and nothing beside it, in order', async () => {
    const store = await create();
    const keys = ['a/1/x', 'a/1/y', 'a/10/x', 'a/2/x/deep', 'ab/1', 'b'];
    for (const [index, key] of keys.toReversed().entries()) {
      await store.putIfAbsent(key, new Uint8Array(index));
    }
    const listed = async (folder: string) => (await store.list(folder)).map(({ key }) => key);
    expect(await listed('')).toEqual([...keys].sort());
    expect(await listed('a/')).toEqual(['a/1/x', 'a/1/y', 'a/10/x', 'a/2/x/deep']);
    expect(await listed('a/1/')).toEqual(['a/1/x', 'a/1/y']);
    expect(await listed('c/')).toEqual([]);
    expect(await store.list('ab/')).toMatchObject([{ key: 'ab/1', sizeBytes: 1 }]);
  });

  test('what is deleted is gone, may be deleted again and stored again', async () => {
    const store = await create();
    await store.putIfAbsent('a/b/c', bytesOf(1));
    await store.putIfAbsent('a/d', bytesOf(2));
    await store.delete('a/b/c');
    await store.delete('a/b/c');
    await store.delete('never/there');
    expect(await store.list('')).toMatchObject([{ key: 'a/d', sizeBytes: 1 }]);
    expect(await store.putIfAbsent('a/b/c', bytesOf(3))).toBe(true);
    expect(await store.get('a/b/c', MAX_BYTES)).toEqual(bytesOf(3));
  });

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '../a',
    'a/../b',
    'a/.b',
    'a\\b',
    'a b',
    'ä',
    'a\0',
    'a'.repeat(129),
  ])('%j is no key', async (key) => {
    const store = await create();
    await expect(store.putIfAbsent(key, bytesOf(1))).rejects.toThrow('not a key of an object');
    await expect(store.get(key, MAX_BYTES)).rejects.toThrow('not a key of an object');
    await expect(store.delete(key)).rejects.toThrow('not a key of an object');
  });

  test.each(['a', '/', '../', 'a//', '.a/'])('%j is no folder', async (folder) => {
    await expect((await create()).list(folder)).rejects.toThrow('not a folder of objects');
  });

  test('it holds what a map would hold, whatever is done in whatever order', async () => {
    const step = fc.record({
      action: fc.constantFrom('put', 'put', 'get', 'delete', 'list'),
      key: fc.constantFrom('a/1', 'a/2', 'b/1/x', 'b/1/y', 'c'),
      value: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const store = await create();
        const model = new Map<string, number>();
        for (const { action, key, value } of steps) {
          if (action === 'put') {
            expect(await store.putIfAbsent(key, bytesOf(value))).toBe(!model.has(key));
            if (!model.has(key)) model.set(key, value);
          } else if (action === 'get') {
            expect((await store.get(key, MAX_BYTES))?.[0]).toBe(model.get(key));
          } else if (action === 'delete') {
            await store.delete(key);
            model.delete(key);
          } else {
            expect((await store.list('')).map((info) => info.key)).toEqual(
              [...model.keys()].sort(),
            );
          }
        }
      }),
      { numRuns: 15 },
    );
  });
}
