import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import type { CheckpointReport } from '../../../../services/protocol/checkpoint/manifest.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { LEADER, started } from '../../../support/colony-records.ts';
import { reportOf, storeAway, TOPOLOGY } from '../checkpoints/checkpoint-fixture.ts';
import { type FakeCall, sampleOf, statusOf } from '../fixtures.ts';
import { DriverRig } from './driver-fixture.ts';

const MOVE_MS = 5_000;
/** Where both backends stand, unless a test has them tick. */
const TICK = 37;

let rig: DriverRig;
let snapshots: MemorySnapshotStore;
let draining: Set<number>;
let tick: number;
/** What each backend says of a checkpoint of a tick. */
let report: (index: number, checkpointTick: number) => CheckpointReport;
/** The horizons of the heartbeats, by the version of the topology. */
let horizons: [version: number, horizon: number][];

/** Backends that acknowledge what they are granted, and write what they are asked for. */
function answer({ method, bootId, fence, request }: FakeCall): unknown {
  if (method === 'startTicking') return { result: 'Ok' };
  const index = Number(bootId.slice(-1));
  const { topologyVersion } = fence;
  const { checkpointTick, grantNumber, horizon } = request;
  horizons.push([topologyVersion, Number(horizon)]);
  const number = Number(grantNumber);
  const grant = { epoch: 1, number, horizon: Math.max(tick, Number(horizon)) };
  const isDraining = topologyVersion === 1 && draining.has(index);
  return {
    status: statusOf(index, { topologyVersion, tick, grant }, { draining: isDraining }),
    samples: [sampleOf(0, 4, index + 1), sampleOf(20, 4)],
    ...(checkpointTick !== undefined && { checkpoint: report(index, Number(checkpointTick)) }),
  };
}

beforeEach(async () => {
  rig = new DriverRig();
  await started(rig.store);
  await rig.store.beat({ id: LEADER.id, epoch: 1 }, { generation: 1, horizon: 1_000 });
  snapshots = new MemorySnapshotStore(() => 0);
  const { digests, clock, log } = rig;
  rig.archive = new CheckpointArchive({ colonyName: 'test', snapshots, digests, clock, log });
  rig.topology = TOPOLOGY;
  rig.answer = answer;
  draining = new Set();
  tick = TICK;
  report = reportOf;
  horizons = [];
  await rig.drive();
  await rig.clock.advance(1_000);
});
afterEach(() => rig.end());

describe('a driver of which a backend is to end', () => {
  test('moves the shards from the state in which the world stood, without a wait for more', async () => {
    draining.add(1);
    await rig.clock.advance(MOVE_MS);
    expect(rig.done).toEqual(['allHold', 'recover any']);
    expect(rig.recoveries).toEqual(['moved']);
    expect(rig.driver.state).toMatchObject({
      phase: 'Ticking',
      loaded: { topology: { topologyVersion: 2 }, replayUntil: TICK },
    });
    expect((await rig.store.read()).checkpoint).toMatchObject({ tick: TICK, topologyVersion: 1 });
    expect(rig.driver.driving?.ticker.replay).toBeUndefined();
  });

  test('grants nothing beyond that state before the next topology ticks, and goes on then', async () => {
    draining.add(1);
    const before = horizons.length;
    await rig.clock.advance(MOVE_MS);
    const [, ...standing] = horizons.slice(before).filter(([version]) => version === 1);
    expect(new Set(standing.slice(2).map(([, horizon]) => horizon))).toEqual(new Set([TICK]));
    const [version, horizon] = horizons.at(-1)!;
    expect(version).toBe(2);
    expect(horizon).toBeGreaterThan(TICK);
  });

  test('ticks on under the same topology where the checkpoint fails', async () => {
    draining.add(1);
    report = (_, at) => ({ state: 'failed', tick: at, epoch: 1, reason: 'disk full' });
    await rig.clock.advance(1_000);
    expect(rig.done).toEqual(['allHold']);
    expect(rig.driver.state.phase).toBe('Ticking');
    expect(rig.driver.driving?.moves?.reason).toBeUndefined();
    expect(horizons.at(-1)?.[1]).toBeGreaterThan(TICK);
    report = reportOf;
    await rig.clock.advance(MOVE_MS);
    expect(rig.done).toEqual(['allHold', 'recover any']);
  });

  test('ticks on after 15 s where the store is away', async () => {
    draining.add(1);
    snapshots.putIfAbsent = async () => {
      throw storeAway();
    };
    await rig.clock.advance(14_000);
    expect(rig.driver.driving?.moves?.reason).toContain('to end: b1');
    expect(horizons.at(-1)?.[1]).toBe(TICK);
    await rig.clock.advance(2_000);
    expect(rig.driver.driving?.moves?.reason).toBeUndefined();
    expect(horizons.at(-1)?.[1]).toBeGreaterThan(TICK);
    expect(rig.done).toEqual(['allHold']);
  });

  test('recovers from its loss where that backend dies while the world stands', async () => {
    draining.add(1);
    report = (_, at) => ({ state: 'pending', tick: at, epoch: 1 });
    await rig.clock.advance(2_000);
    expect(rig.driver.driving?.moves?.reason).toContain('to end: b1');
    rig.answer = (call) => {
      if (call.bootId === 'boot-1' && call.fence.topologyVersion === 1) {
        throw new TransportError('refused', 'connection refused');
      }
      return answer(call);
    };
    await rig.clock.advance(2_000);
    expect(rig.done).toEqual(['allHold', 'recover 2']);
    expect(rig.driver.state).toMatchObject({ phase: 'Ticking', loaded: { replayUntil: TICK } });
    expect((await rig.store.read()).checkpoint).toBeUndefined();
    const [version, horizon] = horizons.at(-1)!;
    expect([version, horizon > TICK]).toEqual([2, true]);
  });

  test('ends with its term while the world stands, and writes nothing', async () => {
    draining.add(1);
    report = (_, at) => ({ state: 'pending', tick: at, epoch: 1 });
    await rig.clock.advance(2_000);
    rig.term.end();
    await rig.clock.advance(60_000);
    expect(rig.done).toEqual(['allHold']);
    expect(await snapshots.list('')).toEqual([]);
  });
});

test('how long a checkpoint takes is known under the next topology: the next move waits as long', async () => {
  draining.add(1);
  report = (_, at) => ({ state: 'pending', tick: at, epoch: 1 });
  await rig.clock.advance(8_000);
  report = reportOf;
  await rig.clock.advance(2_000);
  const { ticker, checkpointer } = rig.driver.driving!;
  expect(ticker.topology.topologyVersion).toBe(2);
  expect(checkpointer?.tookMs).toBeGreaterThan(7_000);
  expect(checkpointer?.tookMs).toBeLessThan(9_000);
});

test('the time without a checkpoint is counted on after a loss', async () => {
  for (let i = 0; i < 16; i++) {
    tick += 5;
    await rig.clock.advance(250);
  }
  const { tickedMs } = rig.driver.driving!.checkpointer!;
  expect(tickedMs).toBeGreaterThanOrEqual(4_000);
  rig.answer = (call) => {
    if (call.fence.topologyVersion === 1) throw new TransportError('refused', 'refused');
    return answer(call);
  };
  await rig.clock.advance(2_000);
  expect(rig.driver.driving?.ticker.topology.topologyVersion).toBe(2);
  expect(rig.driver.driving?.checkpointer?.tickedMs).toBe(tickedMs);
});

test('a driver without a place for checkpoints moves nothing', async () => {
  await rig.end();
  rig = new DriverRig();
  await started(rig.store);
  rig.answer = answer;
  draining.add(1);
  await rig.drive();
  await rig.clock.advance(60_000);
  expect(rig.done).toEqual(['allHold']);
  expect(rig.driver.driving).toMatchObject({ checkpointer: undefined, moves: undefined });
});
