import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ColonyError } from '../../services/protocol/common/errors.ts';
import { CheckpointedColony } from '../integration/checkpoints/checkpointed-colony.fixture.ts';

const AWAY_MS = 30_000;
const METHODS = ['putIfAbsent', 'get', 'getRange', 'list', 'delete'] as const;

describe.each(['refuses', 'does not answer'])('a snapshot store that %s for 30 s', (how) => {
  let colony: CheckpointedColony;
  beforeEach(async () => {
    colony = await CheckpointedColony.start();
  });
  afterEach(() => colony.cluster.close());

  function goAway(): void {
    const { clock, snapshots } = colony.cluster;
    const backMs = clock.nowMs() + AWAY_MS;
    for (const method of METHODS) {
      const works = snapshots[method].bind(snapshots) as (...args: never[]) => Promise<unknown>;
      Object.assign(snapshots, {
        [method]: async (...args: never[]) => {
          if (clock.nowMs() < backMs) {
            if (how === 'refuses') throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
            await clock.sleep(backMs - clock.nowMs());
          }
          return works(...args);
        },
      });
    }
  }

  it('while checkpoints are taken, keeps no tick waiting', async () => {
    const { cluster, coordinators } = colony;
    const before = (await cluster.view(coordinators[0])).tick ?? 0;
    goAway();
    await cluster.clock.advance(AWAY_MS - 1_000);
    const { tick, checkpoint } = await cluster.view(coordinators[0]);
    expect(tick).toBeGreaterThan(before + 2_500);
    expect(checkpoint?.failure === null).toBe(how !== 'refuses');
    await colony.expectNothingLost();
    expect(await cluster.store.read()).toMatchObject({ topologyVersion: 1 });
  });

  it('while a world is to start from it, is waited for: no older checkpoint is taken for it', async () => {
    const from = await colony.pointed();
    goAway();
    colony.backends[2].kill();
    await colony.untilTopology(2);
    await colony.expectNothingLost();
    expect(new Set(colony.startedAgainFrom())).toEqual(new Set([`the checkpoint of tick ${from}`]));
  });

  it('while a backend hands over, delays that', async () => {
    const { cluster, backends } = colony;
    goAway();
    expect(await cluster.during(backends[2].backend.drain(4 * AWAY_MS), 4 * AWAY_MS)).toBe(true);
    backends[2].kill();
    await colony.expectNothingLost();
    expect(await cluster.store.read()).toMatchObject({ topologyVersion: 2 });
  });
});
