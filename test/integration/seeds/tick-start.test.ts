import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BackendMember, ColonyCluster } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';

const TINY_WORLD = { ...SMALL_WORLD, width: 48, height: 32 };

/** Who may tick when, over the whole of a start. */
describe('ticking', () => {
  let cluster: ColonyCluster;
  let backends: BackendMember[];
  let calls: { path: string; to: string }[];

  beforeEach(async () => {
    cluster = new ColonyCluster({ defaultSpec: TINY_WORLD, startTimeoutMs: 10_000 });
    backends = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend());
    calls = [];
    cluster.network.setFault(({ path, to }) => {
      calls.push({ path, to });
      return undefined;
    });
  });
  afterEach(() => cluster.close());

  const callsOf = (method: string) => calls.filter(({ path }) => path === `/rpc/${method}`);
  const colonies = () => backends.map(({ backend }) => backend.status().colony);

  test('does not start with the processes: no StartTicking, no heartbeat without a colony-start', async () => {
    const coordinator = await cluster.addCoordinator();
    await cluster.clock.advance(60_000);
    expect(new Set(calls.map(({ path }) => path))).toEqual(new Set(['/rpc/ping']));
    expect(coordinator.log.messages()).not.toContain('coordinator ticker started');
    expect(colonies()).toEqual([undefined, undefined, undefined]);
  });

  test('does not start when the colony-start fails', async () => {
    const coordinator = await cluster.addCoordinator();
    cluster.network.setFault(({ path, to }) => {
      calls.push({ path, to });
      const fails = path === '/rpc/initializeShards' && to === backends[1]?.origin;
      return fails ? 'refuse' : undefined;
    });
    const answer = await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 25 }));
    expect(answer.status).toBe(503);
    expect(callsOf('initializeShards').length).toBeGreaterThan(0);
    expect(callsOf('startTicking')).toEqual([]);
    expect(callsOf('heartbeat')).toEqual([]);
    expect(coordinator.log.messages()).not.toContain('coordinator ticker started');
  });

  test('starts last of all: colony, topology and shards on every backend, record, ticker, StartTicking', async () => {
    const stages: string[] = [];
    const tickerHadStarted: boolean[] = [];
    const coordinator = await cluster.addCoordinator({
      hook: (point) => {
        const stage = point.replace(/^(before|after):/, '');
        if (point === 'before:start-ticking') {
          tickerHadStarted.push(coordinator.log.messages().includes('coordinator ticker started'));
        }
        // Backends are looked for all the time.
        if (stage !== 'discover' && stages.at(-1) !== stage) stages.push(stage);
      },
    });
    await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    await cluster.untilDigest(0);
    expect(stages).toEqual([
      'put-spec',
      'claim',
      'put-topology',
      'set-topology',
      'initialize-colony',
      'initialize-topology',
      'initialize-shards',
      'complete',
      'start-ticking',
    ]);
    expect(tickerHadStarted).toEqual([true, true, true]);
  });

  test('begins on no backend before the shards of all are initialised', async () => {
    const coordinator = await cluster.addCoordinator();
    cluster.network.setFault(({ path, to }) =>
      path === '/rpc/initializeShards' && to === backends[2]?.origin
        ? { delayMs: 5_000 }
        : undefined,
    );
    await cluster.during(colonyStart(coordinator, 'key-1'));
    const initialized = () => colonies().map((colony) => colony?.shardsInitialized);
    await cluster.until(
      () => initialized().filter(Boolean).length === 2,
      'two backends to be initialised',
    );
    await cluster.clock.advance(3_000);
    expect(initialized()).toEqual([true, true, false]);
    expect(colonies().map((colony) => [colony?.ticking, colony?.tick])).toEqual([
      [false, 0],
      [false, 0],
      [false, 0],
    ]);
    await cluster.until(() => colonies().every((colony) => (colony?.tick ?? 0) > 0), 'ticks');
  });

  test('is started by one StartTicking per unique backend, however many shards it has', async () => {
    const coordinator = await cluster.addCoordinator();
    await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 20 }));
    await cluster.untilDigest(100);
    expect(colonies().map((colony) => colony?.shards.length)).toEqual([2, 2, 2]);
    expect(callsOf('startTicking').map(({ to }) => to)).toEqual(
      backends.map(({ origin }) => origin),
    );
  });
});
