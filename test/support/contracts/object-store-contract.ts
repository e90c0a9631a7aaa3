import { expect, test } from 'vitest';
import type { ObjectStore } from '../../../services/platform/objects/object-store.ts';

/** A topology as large as one can be: 16,384 shards on 1024 backends. */
export const largestTopology = () => ({
  colonyInstanceId: 'instance',
  generation: 1,
  topologyVersion: 1,
  width: 65_536,
  height: 65_536,
  shardSize: 512,
  ticksPerExchange: 1,
  backends: Array.from({ length: 1024 }, (_, i) => ({
    bootId: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    id: `backend-${i}`,
    address: `http://10.0.${i >> 8}.${i & 255}:9000`,
  })),
  owners: Array.from({ length: 16_384 }, (_, shard) => shard >> 4),
});

/** What every ObjectStore does. `create` gives one that is empty. */
export function objectStoreContract(create: () => Promise<ObjectStore>): void {
  test('an object that was not put is undefined', async () => {
    expect(await (await create()).get('spec#1')).toBeUndefined();
  });

  test('an object comes back as it was put', async () => {
    const store = await create();
    const value = { a: [1, null, 'é', { b: true }], c: {} };
    await store.put('spec#1', value);
    expect(await store.get('spec#1')).toEqual(value);
    expect(await store.get('spec#2')).toBeUndefined();
  });

  test('the largest topology there can be comes back as it was put', async () => {
    const store = await create();
    await store.put('topology#1', largestTopology());
    expect(await store.get('topology#1')).toEqual(largestTopology());
  });

  test('the same object may be put again, also with its keys in another order', async () => {
    const store = await create();
    await store.put('spec#1', { a: 1, b: 2 });
    await store.put('spec#1', { b: 2, a: 1 });
    expect(await store.get('spec#1')).toEqual({ a: 1, b: 2 });
  });

  test('another value for an object that is there is a bug, and changes nothing', async () => {
    const store = await create();
    await store.put('spec#1', { a: 1 });
    await expect(store.put('spec#1', { a: 2 })).rejects.toThrow(
      'the object spec#1 is there with another value',
    );
    expect(await store.get('spec#1')).toEqual({ a: 1 });
  });

  test('what is done to a value afterwards does not reach the store', async () => {
    const store = await create();
    const value = { list: [1] };
    await store.put('spec#1', value);
    value.list.push(2);
    ((await store.get('spec#1')) as typeof value).list.push(3);
    expect(await store.get('spec#1')).toEqual({ list: [1] });
  });
}
