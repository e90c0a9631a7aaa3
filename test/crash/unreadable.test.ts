import { afterEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../services/platform/checkpoints/read-manifest.ts';
import { manifestKey } from '../../services/protocol/checkpoint/manifest.ts';
import { CheckpointedColony } from '../integration/checkpoints/checkpointed-colony.fixture.ts';

/** What becomes of the bytes of an object; without bytes it is removed. */
type Fault = (bytes: Uint8Array) => Uint8Array | undefined;
const flipped =
  (at: (bytes: Uint8Array) => number): Fault =>
  (bytes) =>
    bytes.with(at(bytes), bytes[at(bytes)]! ^ 1);

const FAULTS: [what: string, fault: Fault][] = [
  ['is missing', () => undefined],
  ['is empty', () => new Uint8Array(0)],
  ['is cut', (bytes) => bytes.subarray(0, -1)],
  ['has another bit in its header', flipped(() => 45)],
  ['has another bit in its middle', flipped(({ length }) => length >> 1)],
  ['has another bit at its end', flipped(({ length }) => length - 1)],
];

describe('a lost world whose newest checkpoint cannot be read', () => {
  let colony: CheckpointedColony;
  afterEach(() => colony.cluster.close());

  /** All backends are lost, and an object of the newest checkpoint; others come. */
  async function restarted(suffixOf: (bootId: string) => string, fault: Fault) {
    colony = await CheckpointedColony.start();
    await colony.untilCheckpoint((await colony.pointed()) + 1);
    const { cluster, backends } = colony;
    const { checkpoint, colonyInstanceId = '' } = await cluster.store.read();
    const key = manifestKey('test', colonyInstanceId, checkpoint!);
    const { kept } = await readManifest(cluster.snapshots, { key, sha256: checkpoint!.sha256 });
    const object = key.replace('manifest.json', suffixOf(backends[0].entry.bootId));
    const bytes = await cluster.snapshots.get(object, 10_000_000);
    const changed = fault(bytes!);
    await cluster.snapshots.delete(object);
    if (changed !== undefined) await cluster.snapshots.putIfAbsent(object, changed);
    for (const backend of backends) backend.kill();
    for (let i = 0; i < 3; i++) await cluster.addBackend();
    await colony.expectNothingLost();
    return { object, newest: checkpoint!.tick, before: kept.at(-1)!.tick };
  }
  const errors = () =>
    colony.coordinators[0].log.lines
      .filter(({ level }) => level === 'error')
      .map(({ message, fields }) => [message, fields['reason']]);

  it.each(FAULTS)(
    'since an object %s starts from the one before, and says so once, with backend and shard',
    async (_what, fault) => {
      const { object, newest, before } = await restarted((bootId) => `${bootId}/0`, fault);
      expect(colony.startedAgainFrom().slice(0, 2)).toEqual([
        `the checkpoint of tick ${newest}`,
        `the checkpoint of tick ${before}`,
      ]);
      expect(errors()).toEqual([
        [
          `the checkpoint of tick ${newest} cannot be restored; the one before is used`,
          expect.stringMatching(new RegExp(`${object} of backend-1 \\(shards? \\d+.*\\): `)),
        ],
      ]);
    },
  );

  it.each(FAULTS)(
    'since its manifest %s starts from the one before, and says so once, with its key',
    async (_what, fault) => {
      const { object, before } = await restarted(() => 'manifest.json', fault);
      expect(colony.startedAgainFrom()[0]).toBe(`the checkpoint of tick ${before}`);
      expect(errors()).toEqual([
        ['a checkpoint cannot be used', expect.stringContaining(`the manifest ${object} `)],
      ]);
    },
  );
});
