import { expect, test } from 'vitest';
import type { Engine } from '../../../../services/local/store/engine.ts';
import type { StorePlace } from '../../../../services/local/store/open-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { MemoryDisk } from '../../../support/store/memory-disk.ts';
import { openOn, put } from '../../../support/store/store-workload.ts';

/** The place with an engine, or a copy of it, that behaves otherwise. */
const placeWith = (
  { place }: MemoryDisk,
  change: Partial<Record<'open' | 'openCopy', (engine: Engine) => Engine>>,
): StorePlace => ({
  ...place,
  source: {
    ...place.source,
    open: async () => change.open?.(await place.source.open()) ?? place.source.open(),
    openCopy: async () =>
      change.openCopy?.(await place.source.openCopy()) ?? place.source.openCopy(),
  },
});

test('what another process writes between the look and the opening is not lost', async () => {
  const disk = new MemoryDisk();
  const former = await openOn(disk);
  await put(former, 'reef/spec#1', '1');
  let looks = 0;
  const place = placeWith(disk, {
    openCopy: (copy) => ({
      ...copy,
      async close() {
        await copy.close();
        if (looks++ === 0) await put(former, 'reef/spec#2', '2');
      },
    }),
  });
  const store = await openOn({ place });
  expect(looks).toBe(2);
  await put(store, 'reef/spec#3', '3');
  const next = await openOn(disk.restarted());
  const texts = await Promise.all([1, 2, 3].map((n) => next.get(`reef/spec#${n}`)));
  expect(texts).toEqual(['1', '2', '3']);
});

test('a store that another process goes on writing is not opened', async () => {
  const disk = new MemoryDisk();
  const former = await openOn(disk);
  let commits = 0;
  const place = placeWith(disk, {
    openCopy: (copy) => ({ ...copy, close: () => put(former, `reef/spec#${commits++}`, '{}') }),
  });
  await expect(openOn({ place })).rejects.toThrow('another process writes to it');
});

test('a read that fails while a batch is on its way to the disk loses nothing', async () => {
  const clock = new VirtualClock();
  let isSlow = false;
  const disk = new MemoryDisk({ delay: async () => (isSlow ? clock.sleep(600) : undefined) });
  let failures = 0;
  const place = placeWith(disk, {
    open: (engine) => ({
      ...engine,
      get: async (key) => {
        if (failures-- > 0) throw new Error('too many open files');
        return engine.get(key);
      },
    }),
    openCopy: (copy) => ({ ...copy, close: async () => (isSlow ? clock.sleep(3_000) : undefined) }),
  });
  await (await openOn(disk)).close();
  const store = await openOn({ place }, { clock });
  isSlow = true;
  const acknowledged: string[] = [];
  const write = (key: string) =>
    put(store, key, '{}').then(
      () => acknowledged.push(key),
      () => undefined,
    );
  const underWay = [write('reef/spec#1')];
  await clock.advance(10);
  underWay.push(write('reef/spec#2'));
  failures = 1;
  await expect(store.get('reef/spec#1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await clock.advance(30_000);
  await Promise.all(underWay);
  isSlow = false;
  await write('reef/spec#3');
  expect(acknowledged).toContain('reef/spec#3');
  const next = await openOn(disk.restarted());
  for (const key of acknowledged) expect(await next.get(key)).toBe('{}');
});

test('a store that is looked at tells how far that is, for it may take long', async () => {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  for (const key of ['reef/spec#1', 'reef/spec#2']) await put(store, key, '{}');
  const looked: number[] = [];
  await openOn(disk.restarted(), { onLooked: (entries) => looked.push(entries) });
  expect(looked).toEqual([2]);
});
