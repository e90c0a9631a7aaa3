import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ColonyError } from '../../services/protocol/common/errors.ts';
import { CheckpointedColony } from '../integration/checkpoints/checkpointed-colony.fixture.ts';
import { MemorySnapshotStore } from '../simulation/stores/memory-snapshot-store.ts';

const METHODS = ['putIfAbsent', 'get', 'getRange', 'list', 'delete'] as const;
const HANGING_MS = 300_000;

describe('a snapshot store that hangs for the leader alone', () => {
  let colony: CheckpointedColony;
  let isHanging: boolean;
  /** From the record. */
  let isCutOff: boolean;

  beforeEach(async () => {
    isHanging = false;
    isCutOff = false;
    colony = await CheckpointedColony.start({
      leader: ({ snapshots, store }) => {
        const perhaps = (method: (typeof METHODS)[number]) => {
          const works = snapshots[method].bind(snapshots) as (...args: never[]) => unknown;
          // What hangs never settles, as with a folder on a disk that is gone.
          return async (...args: never[]) => (isHanging ? new Promise(() => {}) : works(...args));
        };
        const methods = METHODS.map((method) => [method, perhaps(method)]);
        const reach = async () => {
          if (isCutOff) throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
        };
        return {
          store: {
            read: () => reach().then(() => store.read()),
            replace: (...args) => reach().then(() => store.replace(...args)),
          },
          snapshots: Object.assign(new MemorySnapshotStore(), Object.fromEntries(methods)),
        };
      },
    });
  });
  afterEach(() => colony.cluster.close());

  const epoch = async () => (await colony.cluster.store.read()).leader?.epoch;
  const isWriting = async () => {
    const { checkpoint } = await colony.cluster.view(colony.coordinators[0]);
    return checkpoint?.writingTick != null;
  };
  /** A checkpoint is under way whose manifest the leader cannot write. */
  const hang = async () => {
    isHanging = true;
    await colony.cluster.until(isWriting, 'a checkpoint to be asked for');
    await colony.cluster.clock.advance(5_000);
  };

  it('lets it recover a lost backend once the store answers', async () => {
    const { cluster, backends } = colony;
    const from = await colony.pointed();
    await hang();
    backends[2].kill();
    await cluster.clock.advance(HANGING_MS);
    expect(await cluster.store.read()).toMatchObject({ topologyVersion: 1 });
    expect((await cluster.view(colony.coordinators[0])).phase).toBe('Recovering');
    isHanging = false;
    await colony.untilTopology(2);
    await colony.expectNothingLost();
    expect(colony.startedAgainFrom()).toEqual([`the checkpoint of tick ${from}`]);
    expect(await epoch()).toBe(1);
  });

  it.each(['while it ticks', 'while it recovers'])(
    'lets it resign at once when it is told to end, %s',
    async (when) => {
      const { cluster, coordinators, backends } = colony;
      await hang();
      if (when === 'while it recovers') {
        backends[2].kill();
        await cluster.clock.advance(20_000);
      }
      coordinators[0].stop();
      await cluster.clock.advance(100);
      expect(coordinators[0].log.messages('info')).toContain('the lead is resigned');
      await colony.expectNothingLost();
      expect(await epoch()).toBe(2);
    },
  );

  it('lets another one supersede it, and is a standby from then on that may lead again', async () => {
    const { cluster, coordinators } = colony;
    const [first, second] = coordinators;
    await hang();
    isCutOff = true;
    await cluster.until(() => second.coordinator.leadership().leads, 'another leader');
    isCutOff = false;
    await cluster.until(() => first.log.messages('warn').includes('the lead is lost'), 'its end');
    second.stop();
    await cluster.until(() => first.coordinator.leadership().leads, 'it to lead again');
    isHanging = false;
    await colony.expectNothingLost();
    expect([await epoch(), colony.startedAgainFrom()]).toEqual([3, []]);
  });
});
