import { beforeEach, describe, expect, test } from 'vitest';
import {
  CheckpointArchive,
  originOf,
  type StoredManifest,
} from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { newestOrigin } from '../../../../services/coordinator/checkpoints/newest-origin.ts';
import {
  MANIFEST_MAX_BYTES,
  type Manifest,
  manifestKey,
  originHash,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { canonicalJson, sha256 } from '../../../../services/protocol/common/canonical-json.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { contextOf, hex, startedRecord, workOf } from '../fixtures.ts';
import { DIGEST, INSTANCE, manifestAt, storeAway } from './checkpoint-fixture.ts';

const NONE: ReadonlySet<string> = new Set();

let snapshots: MemorySnapshotStore;
let digests: MemoryDigestLog;
let clock: VirtualClock;
let log: MemoryLog;
let archive: CheckpointArchive;

beforeEach(() => {
  snapshots = new MemorySnapshotStore(() => 0);
  digests = new MemoryDigestLog();
  clock = new VirtualClock();
  log = new MemoryLog();
  archive = new CheckpointArchive({ colonyName: 'test', snapshots, digests, clock, log });
});

/** Puts bytes where the manifest of an attempt is, and points at them. */
async function putBytes(at: Manifest, bytes: Uint8Array) {
  const key = manifestKey('test', INSTANCE, at);
  await snapshots.delete(key);
  await snapshots.putIfAbsent(key, bytes);
  const { tick, epoch, topologyVersion } = at;
  return { key, pointer: { tick, epoch, topologyVersion, sha256: sha256(bytes) } };
}
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const unreadable = (why: RegExp | string) => ({
  code: 'CHECKPOINT_UNREADABLE',
  message: expect.stringMatching(why),
});

describe('storing a manifest', () => {
  test('puts it below the folder of its attempt, and answers what points at it', async () => {
    const manifest = manifestAt(300);
    const stored = await archive.put(manifest);
    const bytes = await snapshots.get(stored.key, MANIFEST_MAX_BYTES);
    expect(stored.key).toMatch(/\/instance-K1\/0000000300\/1-1\/manifest\.json$/);
    expect(new TextDecoder().decode(bytes)).toBe(canonicalJson(manifest));
    expect(stored.pointer).toEqual({
      ...{ tick: 300, epoch: 1, topologyVersion: 1 },
      sha256: sha256(bytes!),
    });
  });

  test('can be done again, as after a lost answer', async () => {
    const first = await archive.put(manifestAt(300));
    expect(await archive.put(manifestAt(300))).toEqual(first);
  });

  test('answers that of the same state that is there: a paused world is asked again at its tick', async () => {
    const first = await archive.put(manifestAt(300));
    const later = manifestAt(300, { at: '2026-01-01T00:01:00.000Z' });
    const origin = { ...later.origin, eventSeq: 9 };
    // As the next attempt makes it: an event was injected meanwhile.
    const again = { ...later, origin, originSha256: originHash(origin) };
    expect(await archive.put(again)).toEqual(first);
  });

  test('is refused where backends have written other objects since', async () => {
    const manifest = manifestAt(300);
    await archive.put(manifest);
    const [first, ...others] = structuredClone(manifest.parts);
    first!.objects[0]!.sha256 = '1'.repeat(64);
    await expect(archive.put({ ...manifest, parts: [first!, ...others] })).rejects.toThrow(
      /another manifest/,
    );
  });

  test('is refused where the parts of another state are there', async () => {
    await archive.put(manifestAt(300));
    await expect(archive.put(manifestAt(300, { digest: hex(9) }))).rejects.toThrow(
      /another manifest is stored under .*0000000300\/1-1\/manifest\.json/,
    );
  });

  test('is refused where something unreadable is there', async () => {
    await putBytes(manifestAt(300), bytesOf('what is this'));
    await expect(archive.put(manifestAt(300))).rejects.toThrow(/another manifest is stored/);
  });

  test('of two leaders leaves both: each has its own key', async () => {
    const [one, other] = [manifestAt(300), manifestAt(300, { epoch: 2 })];
    const stored = [await archive.put(one), await archive.put(other)];
    for (const { pointer, manifest } of stored) {
      expect(await archive.read(INSTANCE, pointer)).toMatchObject({ manifest });
    }
  });

  test('is refused beyond its bound, before anything is stored', async () => {
    const { parts } = manifestAt(300);
    const many = Array.from({ length: 20_000 }, () => parts[0]!);
    await expect(archive.put(manifestAt(300, { parts: many }))).rejects.toThrow(
      /^a manifest of \d+ bytes, at most 4194304$/,
    );
    expect(await snapshots.list('')).toEqual([]);
  });
});

describe('reading the manifest that a record points at', () => {
  test('answers it', async () => {
    const { pointer, key } = await archive.put(manifestAt(300));
    expect(await archive.read(INSTANCE, pointer)).toEqual({
      manifest: manifestAt(300),
      pointer,
      key,
    });
  });

  test('that is missing is refused, and its key named', async () => {
    const { pointer, key } = await archive.put(manifestAt(300));
    await snapshots.delete(key);
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
      unreadable(`${key} cannot be used: it is not there`),
    );
  });

  test('of which a byte is another is refused, though it reads well', async () => {
    const { pointer } = await archive.put(manifestAt(300));
    await putBytes(manifestAt(300), bytesOf(manifestAt(300, { sizeBytes: 201 })));
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
      unreadable(/it is damaged: its SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}/),
    );
  });

  test('that has another bit anywhere is refused, and its key named', async () => {
    const { pointer, key } = await archive.put(manifestAt(300));
    const whole = (await snapshots.get(key, MANIFEST_MAX_BYTES))!;
    for (let at = 0; at < whole.length; at++) {
      await putBytes(manifestAt(300), whole.with(at, whole[at]! ^ (1 << (at & 7))));
      await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
        unreadable(`${key} cannot be used: it is damaged`),
      );
    }
  });

  test('that is cut at any of its bytes is refused', async () => {
    const whole = bytesOf(manifestAt(300));
    for (let length = 0; length < whole.length; length += 97) {
      const { pointer } = await putBytes(manifestAt(300), whole.slice(0, length));
      await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
        unreadable('is not valid'),
      );
    }
  });

  test.each<[string, Partial<Manifest>, string]>([
    ['instance', { colonyInstanceId: 'other' }, 'colonyInstanceId is other, expected instance-K1'],
    ['tick', { tick: 400 }, 'tick is 400, expected 300'],
    ['epoch', { epoch: 2 }, 'epoch is 2, expected 1'],
    ['topology', { topologyVersion: 9 }, 'topologyVersion is 9, expected 1'],
  ])('of another %s is refused, with its right hash too', async (_what, change, why) => {
    const { pointer } = await putBytes(manifestAt(300), bytesOf(manifestAt(300, change)));
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(unreadable(why));
  });

  test('of another engine is refused by its version, whatever else it has', async () => {
    const engineVersion = ENGINE_VERSION + 1;
    const { pointer } = await putBytes(manifestAt(300), bytesOf({ engineVersion, other: true }));
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
      unreadable(`it is of engine version ${engineVersion}, this build has ${ENGINE_VERSION}`),
    );
  });

  test('of another format is refused, and the version named', async () => {
    const { pointer } = await putBytes(
      manifestAt(300),
      bytesOf({ ...manifestAt(300), formatVersion: 99 }),
    );
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
      unreadable('it has the format 99, this build reads the format 1'),
    );
  });

  test.each(['null', '[]', '7', '"x"', '{', '\0'])('that is %j is refused', async (text) => {
    const { pointer } = await putBytes(manifestAt(300), new TextEncoder().encode(text));
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(unreadable('is not valid'));
  });

  test('that is larger than any is refused unread', async () => {
    const { pointer } = await putBytes(manifestAt(300), new Uint8Array(MANIFEST_MAX_BYTES + 1));
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject(
      unreadable(`${MANIFEST_MAX_BYTES + 1} bytes`),
    );
  });

  test('is tried again later where the store is away: that says nothing of it', async () => {
    const { pointer } = await archive.put(manifestAt(300));
    snapshots.get = async () => {
      throw storeAway();
    };
    await expect(archive.read(INSTANCE, pointer)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
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

  test('is never one after that of the record: nobody has pointed at it', async () => {
    const [before, pointed] = await putAll(100, 200, 300);
    await snapshots.delete(pointed!.key);
    expect(await newest(pointed?.pointer)).toEqual(before?.manifest);
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

describe('where a lost world starts again', () => {
  const originFor = (change: Partial<ColonyRecord>, without = NONE) => {
    const record = startedRecord({ colonyInstanceId: INSTANCE, ...change });
    return newestOrigin(archive)(workOf(contextOf(record), new VirtualClock()), without);
  };

  test('is the newest checkpoint, with key and hash of its manifest', async () => {
    const stored = await archive.put(manifestAt(300));
    const { origin } = stored.manifest;
    expect(await originFor({ checkpoint: stored.pointer })).toEqual({
      ...{ kind: 'state', tick: 300 },
      ...origin,
      manifest: { key: stored.key, sha256: stored.pointer.sha256 },
    });
    expect(await originFor({ checkpoint: stored.pointer })).toEqual(originOf(stored));
  });

  test('is genesis where no checkpoint is left', async () => {
    const { pointer, key } = await archive.put(manifestAt(300));
    expect(await originFor({})).toEqual(GENESIS);
    expect(await originFor({ checkpoint: pointer }, new Set([key]))).toEqual(GENESIS);
  });

  test('is genesis where checkpoints are kept nowhere', async () => {
    const { pointer: checkpoint } = await archive.put(manifestAt(300));
    const scope = workOf(contextOf(startedRecord({ checkpoint })), new VirtualClock());
    expect(await newestOrigin(undefined)(scope, NONE)).toEqual(GENESIS);
  });

  test('is not genesis because the store is away', async () => {
    const { pointer } = await archive.put(manifestAt(300));
    snapshots.get = async () => {
      throw storeAway();
    };
    await expect(originFor({ checkpoint: pointer })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});
