import { afterEach, expect, it } from 'vitest';
import type { StagePoint } from '../../../services/coordinator/term/stages.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { MemorySnapshotStore } from '../../simulation/stores/memory-snapshot-store.ts';
import { CheckpointedColony } from './checkpointed-colony.fixture.ts';

/** Who was superseded amid a checkpoint, and goes on with it later. */

let colony: CheckpointedColony;
afterEach(() => colony.cluster.close());

const pointer = async () => (await colony.cluster.store.read()).checkpoint;
const keys = async () => (await colony.cluster.snapshots.list('')).map(({ key }) => key);

it.each<StagePoint>(['before:put-manifest', 'after:put-manifest', 'before:set-checkpoint'])(
  'a leader that is cut off %s, and comes back under the next one, has no say in what counts',
  async (point) => {
    let isStarted = false;
    let isCutOff = false;
    let hasGoneOn = false;
    let isBack = () => {};
    const back = new Promise<void>((resolve) => {
      isBack = resolve;
    });
    const hook = async (at: StagePoint) => {
      if (at !== point || !isStarted || isCutOff) return;
      isCutOff = true;
      await back;
      hasGoneOn = true;
    };
    const cutOff = async () => {
      if (isCutOff && !hasGoneOn) throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    colony = await CheckpointedColony.start({
      leader: (cluster) => ({
        hook,
        store: {
          read: () => cutOff().then(() => cluster.store.read()),
          replace: (...args) => cutOff().then(() => cluster.store.replace(...args)),
        },
      }),
    });
    const { cluster } = colony;
    isStarted = true;
    await cluster.until(() => isCutOff, 'the leader to be cut off');
    const before = await pointer();
    const nextHasOne = async () => (await pointer())?.epoch !== before?.epoch;
    await cluster.until(nextHasOne, 'a checkpoint of the next leader');
    const next = await pointer();
    isBack();
    await cluster.until(() => hasGoneOn, 'the former leader to go on');
    expect(await pointer()).toEqual(next);
    await colony.expectNothingLost();
    expect((await pointer())?.epoch).toBe(next?.epoch);
  },
);

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
