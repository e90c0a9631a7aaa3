import { afterEach, describe, expect, it } from 'vitest';
import type { StagePoint } from '../../services/coordinator/term/stages.ts';
import { ColonyError } from '../../services/protocol/common/errors.ts';
import { CheckpointedColony } from '../integration/checkpoints/checkpointed-colony.fixture.ts';
import { MemorySnapshotStore } from '../simulation/stores/memory-snapshot-store.ts';

/** Who was superseded amid a checkpoint, and goes on with it later. */

let colony: CheckpointedColony;
afterEach(() => colony.cluster.close());

const pointer = async () => (await colony.cluster.store.read()).checkpoint;
const keys = async () => (await colony.cluster.snapshots.list('')).map(({ key }) => key);

/** A colony whose leader loses the record at a point of the next checkpoint, and goes on there once it is back. */
async function withLeaderCutOffAt(point: StagePoint) {
  const leader = { isWatched: false, isCutOff: false, hasGoneOn: false, comesBack: () => {} };
  const back = new Promise<void>((resolve) => {
    leader.comesBack = resolve;
  });
  const hook = async (at: StagePoint) => {
    if (at !== point || !leader.isWatched || leader.isCutOff) return;
    leader.isCutOff = true;
    await back;
    leader.hasGoneOn = true;
  };
  const reach = async () => {
    if (!leader.isCutOff || leader.hasGoneOn) return;
    throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
  };
  colony = await CheckpointedColony.start({
    leader: ({ store }) => ({
      hook,
      store: {
        read: () => reach().then(() => store.read()),
        replace: (...args) => reach().then(() => store.replace(...args)),
      },
    }),
  });
  return leader;
}

describe('a leader that is cut off amid a checkpoint, and comes back under the next one,', () => {
  it.each<StagePoint>(['before:put-manifest', 'after:put-manifest', 'before:set-checkpoint'])(
    '%s, has no say in what counts',
    async (point) => {
      const leader = await withLeaderCutOffAt(point);
      const { cluster } = colony;
      leader.isWatched = true;
      await cluster.until(() => leader.isCutOff, 'the leader to be cut off');
      const before = await pointer();
      const nextHasOne = async () => (await pointer())?.epoch !== before?.epoch;
      await cluster.until(nextHasOne, 'a checkpoint of the next leader');
      const next = await pointer();
      leader.comesBack();
      await cluster.until(() => leader.hasGoneOn, 'the former leader to go on');
      expect(await pointer()).toEqual(next);
      await colony.expectNothingLost();
      expect((await pointer())?.epoch).toBe(next?.epoch);
    },
  );

  it('has written the same checkpoint as that one: each has its own, and the later one counts', async () => {
    const leader = await withLeaderCutOffAt('before:set-checkpoint');
    const { cluster, coordinators, backends } = colony;
    const [first, second] = coordinators;
    await cluster.during(first.request('/colony-pause', { method: 'POST' }));
    const stands = async () => (await cluster.view(first)).phase === 'Paused';
    await cluster.until(stands, 'the pause');
    leader.isWatched = true;
    // A world that is paused has one state to offer.
    void backends[2].backend.drain(60_000);
    await cluster.until(() => leader.isCutOff, 'the leader to be cut off');
    await colony.untilTopology(2);
    leader.comesBack();
    await cluster.until(() => leader.hasGoneOn, 'the former leader to go on');
    const { tick = 0, epoch } = (await pointer()) ?? {};
    const manifests = (await keys()).filter((key) => {
      return key.includes(`/${String(tick).padStart(10, '0')}/`) && key.endsWith('/manifest.json');
    });
    expect(manifests).toEqual([1, 2].map((by) => expect.stringContaining(`/${by}-1/`)));
    expect(epoch).toBe(2);
    await cluster.during(second.request('/colony-resume', { method: 'POST' }));
    await colony.expectNothingLost();
  });
});

it('a backend that is cut off while it writes, and is done under a newer topology, adds to nothing', async () => {
  let isWriting = false;
  let isBack = () => {};
  const back = new Promise<void>((resolve) => {
    isBack = resolve;
  });
  let parts = 0;
  colony = await CheckpointedColony.start({
    backend: ({ snapshots }) => ({
      snapshots: Object.assign(new MemorySnapshotStore(), {
        get: snapshots.get.bind(snapshots),
        getRange: snapshots.getRange.bind(snapshots),
        putIfAbsent: async (key: string, bytes: Uint8Array) => {
          if (++parts === 2) {
            isWriting = true;
            await back;
          }
          return snapshots.putIfAbsent(key, bytes);
        },
      }),
    }),
  });
  const { cluster, backends } = colony;
  const { origin, entry } = backends[0];
  await cluster.until(() => isWriting, 'its second part');
  cluster.network.setFault(({ from, to }) =>
    from === origin || to === origin ? 'drop-request' : undefined,
  );
  await colony.untilTopology(2);
  const without = await pointer();
  await colony.untilCheckpoint((without?.tick ?? 0) + 1);
  const written = await keys();
  isBack();
  await cluster.clock.advance(0);
  const added = (await keys()).filter((key) => !written.includes(key));
  expect(added).toEqual([expect.stringMatching(new RegExp(`/1-1/${entry.bootId}/0$`))]);
  cluster.network.setFault();
  await colony.expectNothingLost();
  expect((await pointer())?.topologyVersion).toBeGreaterThan(1);
});
