import { beforeEach, describe, expect, test } from 'vitest';
import type {
  CheckpointArchive,
  StoredManifest,
} from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { hex } from '../fixtures.ts';
import { archiveInMemory, bytesOf, NONE } from './archive-fixture.ts';
import { DIGEST, INSTANCE, manifestAt, storeAway } from './checkpoint-fixture.ts';

let snapshots: ReturnType<typeof archiveInMemory>['snapshots'];
let digests: ReturnType<typeof archiveInMemory>['digests'];
let log: ReturnType<typeof archiveInMemory>['log'];
let archive: ReturnType<typeof archiveInMemory>['archive'];
let putBytes: ReturnType<typeof archiveInMemory>['putBytes'];

beforeEach(() => {
  ({ snapshots, digests, log, archive, putBytes } = archiveInMemory());
});

describe('the newest checkpoint', () => {
  const newest = async (
    pointer: Parameters<CheckpointArchive['newest']>[1],
    without: ReadonlySet<string> = NONE,
  ) => (await archive.newest(INSTANCE, pointer, without))?.manifest;
  /** Stores those of ticks, each of which lists those before; their digest is the stored one. */
  const putAll = async (...ticks: number[]) => {
    const stored: StoredManifest[] = [];
    for (const tick of ticks) {
      const previous = stored.at(-1);
      stored.push(await archive.put(manifestAt(tick, previous && { previous })));
      await digests.append(INSTANCE, { tick, digest: DIGEST });
    }
    return stored;
  };

  test('is none where the record points at none, whatever is stored', async () => {
    await putAll(100);
    expect(await newest(undefined)).toBeUndefined();
  });

  test('is the one that the record points at, without a look at others', async () => {
    const [, last] = await putAll(100, 200);
    snapshots.list = async () => {
      throw new Error('nothing is to be listed');
    };
    expect(await newest(last?.pointer)).toMatchObject({ tick: 200 });
  });

  test('is the one before where that is missing, and says so once', async () => {
    const [, , last] = await putAll(100, 200, 300);
    await snapshots.delete(last!.key);
    expect(await newest(last?.pointer)).toMatchObject({ tick: 200 });
    expect(await newest(last?.pointer)).toMatchObject({ tick: 200 });
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        message: 'a checkpoint cannot be used',
        fields: { tick: 300, reason: expect.stringContaining('it is not there') },
      },
    ]);
  });

  test('is the one before where its cells could not be read', async () => {
    const [, before, last] = await putAll(100, 200, 300);
    expect(await newest(last?.pointer, new Set([last!.key]))).toMatchObject({ tick: 200 });
    const both = new Set([last!.key, before!.key]);
    expect(await newest(last?.pointer, both)).toMatchObject({ tick: 100 });
  });

  test('is one of its list where its cells could not be read, though the world stood there', async () => {
    const before = await archive.put(manifestAt(137));
    const last = await archive.put(manifestAt(200, { previous: before }));
    expect(await newest(last.pointer, new Set([last.key]))).toMatchObject({ tick: 137 });
  });

  test('is none of its list that has changed since: the list has the hashes', async () => {
    const [, before, last] = await putAll(100, 200, 300);
    await putBytes(before!.manifest, bytesOf({ ...before!.manifest, sizeBytes: 201 }));
    expect(await newest(last?.pointer, new Set([last!.key]))).toMatchObject({ tick: 100 });
    expect(log.lines.map(({ fields }) => fields['tick'])).toEqual([200]);
  });

  test('is none that its list does not have', async () => {
    await archive.put(manifestAt(200));
    await digests.append(INSTANCE, { tick: 200, digest: DIGEST });
    const [last] = await putAll(300);
    expect(await newest(last?.pointer, new Set([last!.key]))).toBeUndefined();
  });

  test('is none where no one is left', async () => {
    const [last] = await putAll(300);
    expect(await newest(last?.pointer, new Set([last!.key]))).toBeUndefined();
  });

  test('is the newest of all where that of the record is lost, though nobody points at it', async () => {
    const [, pointed, later] = await putAll(100, 200, 300);
    await snapshots.delete(pointed!.key);
    expect(await newest(pointed?.pointer)).toEqual(later?.manifest);
  });

  test('is one that nobody points at only if its digest is the stored one', async () => {
    const [, last] = await putAll(100, 300);
    await archive.put(manifestAt(200, { digest: hex(9) }));
    await digests.append(INSTANCE, { tick: 200, digest: DIGEST });
    await snapshots.delete(last!.key);
    expect(await newest(last?.pointer)).toMatchObject({ tick: 100 });
    expect(log.lines.at(-1)?.fields).toEqual({
      tick: 200,
      reason: expect.stringContaining('its digest 0000000000000009 is not the stored one'),
    });
  });

  test('is not one whose tick has no stored digest, though a later one has', async () => {
    const [, last] = await putAll(100, 300);
    await archive.put(manifestAt(140));
    await snapshots.delete(last!.key);
    expect(await newest(last?.pointer)).toMatchObject({ tick: 100 });
  });

  test('of one tick is that of the later leader', async () => {
    const [, last] = await putAll(200, 300);
    await archive.put(manifestAt(200, { epoch: 2 }));
    await snapshots.delete(last!.key);
    expect(await newest(last?.pointer)).toMatchObject({ tick: 200, epoch: 2 });
  });

  test('passes over objects that are no manifest', async () => {
    const [before, last] = await putAll(100, 300);
    const folder = last!.key.replace(/0000000300.*/, '');
    for (const path of ['0000000200/1-1/boot-0/0', 'x/manifest.json', 'manifest.json']) {
      await snapshots.putIfAbsent(`${folder}${path}`, new Uint8Array(1));
    }
    await snapshots.delete(last!.key);
    expect(await newest(last?.pointer)).toEqual(before?.manifest);
    expect(log.lines).toHaveLength(1);
  });

  test.each(['get', 'list'] as const)(
    'is not judged while the store is away (%s)',
    async (method) => {
      const [, last] = await putAll(100, 300);
      await snapshots.delete(last!.key);
      snapshots[method] = async () => {
        throw storeAway();
      };
      await expect(newest(last?.pointer)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    },
  );

  test('is not judged while the digests are away', async () => {
    const [, last] = await putAll(100, 300);
    await snapshots.delete(last!.key);
    digests.list = async () => {
      throw storeAway();
    };
    await expect(newest(last?.pointer)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
