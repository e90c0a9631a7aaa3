import { beforeEach, describe, expect, test } from 'vitest';
import {
  MANIFEST_MAX_BYTES,
  type Manifest,
  originHash,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { canonicalJson, sha256 } from '../../../../services/protocol/common/canonical-json.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { hex } from '../fixtures.ts';
import { archiveInMemory, bytesOf } from './archive-fixture.ts';
import { INSTANCE, manifestAt, storeAway } from './checkpoint-fixture.ts';

let snapshots: ReturnType<typeof archiveInMemory>['snapshots'];
let archive: ReturnType<typeof archiveInMemory>['archive'];
let putBytes: ReturnType<typeof archiveInMemory>['putBytes'];

beforeEach(() => {
  ({ snapshots, archive, putBytes } = archiveInMemory());
});

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
