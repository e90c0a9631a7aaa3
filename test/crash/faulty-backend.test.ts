import { afterEach, expect, it } from 'vitest';
import { isManifestKey } from '../../services/protocol/checkpoint/manifest.ts';
import { CheckpointedColony } from '../integration/checkpoints/checkpointed-colony.fixture.ts';
import { MemorySnapshotStore } from '../simulation/stores/memory-snapshot-store.ts';

let colony: CheckpointedColony;
afterEach(() => colony.cluster.close());

/** Another byte than the store has. */
const damaged = (bytes: Uint8Array | undefined) => bytes?.with(bytes.length - 1, bytes.at(-1)! ^ 1);

it.each(['manifests', 'cells'])(
  'a backend that alone finds the %s of all checkpoints damaged gets no shards: the world goes on from the newest one',
  async (what) => {
    colony = await CheckpointedColony.start({
      backend: ({ snapshots }) => ({
        snapshots: Object.assign(new MemorySnapshotStore(), {
          putIfAbsent: snapshots.putIfAbsent.bind(snapshots),
          get: async (key: string, maxBytes: number) => {
            const bytes = await snapshots.get(key, maxBytes);
            return isManifestKey(key) === (what === 'manifests') ? damaged(bytes) : bytes;
          },
          getRange: async (...range: [key: string, offset: number, lengthBytes: number]) =>
            damaged(await snapshots.getRange(...range)),
        }),
      }),
    });
    const { cluster, backends, coordinators } = colony;
    await colony.untilCheckpoint((await colony.pointed()) + 100);
    const newest = await colony.pointed();
    backends[2].kill();
    await cluster.addBackend();
    await colony.expectNothingLost();
    const { bootId } = backends[0].entry;
    expect(colony.startedAgainFrom().at(-1)).toBe(`the checkpoint of tick ${newest}`);
    const holders = (await cluster.view(coordinators[0])).backends.map((one) => one.bootId);
    expect([holders.length, holders.includes(bootId)]).toEqual([2, false]);
    const atFault = 'only one backend cannot read these checkpoints: it is at fault, not they';
    expect(coordinators[0].log.lines).toContainEqual(
      expect.objectContaining({
        message: atFault,
        fields: expect.objectContaining({ bootId, ticks: expect.arrayContaining([newest]) }),
      }),
    );
  },
);
