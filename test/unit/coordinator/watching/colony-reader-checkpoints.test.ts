import { beforeEach, describe, expect, test } from 'vitest';
import { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import {
  type CheckpointPointer,
  manifestKey,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { AT, DIGEST, keptAt, manifestAt, storeAway } from '../checkpoints/checkpoint-fixture.ts';
import { recordOf } from '../fixtures.ts';
import { ReaderRig } from './colony-reader-fixture.ts';

let rig: ReaderRig;
beforeEach(() => {
  rig = new ReaderRig();
});

describe('the reader of a colony', () => {
  describe('lists checkpoints', () => {
    const snapshots = new MemorySnapshotStore(() => 0);
    let pointers: CheckpointPointer[];
    const manifest = (tick: number) => {
      const pointer = pointers.find((one) => one.tick === tick)!;
      return { key: manifestKey('test', 'instance-1', pointer), sha256: pointer.sha256 };
    };
    beforeEach(async () => {
      rig.archive = new CheckpointArchive({
        ...{ colonyName: 'test', snapshots, digests: rig.digests, log: new MemoryLog() },
        clock: new VirtualClock(),
      });
      const kept = [keptAt(100), keptAt(200, { sizeBytes: 7 })];
      const { pointer } = await rig.archive.put(
        manifestAt(300, { colonyInstanceId: 'instance-1', kept }),
      );
      pointers = [...kept, pointer];
      rig.stored = { ...rig.stored, checkpoint: pointer };
    });

    test('that are kept, newest first, with what finds their manifests, and nothing internal', async () => {
      expect(await rig.readerOf().checkpoints()).toEqual([
        { tick: 300, at: AT, sizeBytes: 200, digest: DIGEST, manifest: manifest(300) },
        { tick: 200, at: AT, sizeBytes: 7, digest: DIGEST, manifest: manifest(200) },
        { tick: 100, at: AT, sizeBytes: 200, digest: DIGEST, manifest: manifest(100) },
      ]);
      expect(rig.reads).toBe(1);
    });

    test('of a colony that has none yet: none', async () => {
      rig.stored = { ...rig.stored, checkpoint: undefined };
      expect(await rig.readerOf().checkpoints()).toEqual([]);
    });

    test('of no colony: none', async () => {
      rig.stored = recordOf({ generation: 3, revision: 99 });
      expect(await rig.readerOf().checkpoints()).toEqual([]);
    });

    test('of a coordinator that takes none: none', async () => {
      rig.archive = undefined;
      expect(await rig.readerOf().checkpoints()).toEqual([]);
    });

    test('not while the store is away', async () => {
      rig.archive!.newest = async () => {
        throw storeAway();
      };
      await expect(rig.readerOf().checkpoints()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
    });
  });
});
