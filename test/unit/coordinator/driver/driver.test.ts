import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { claimOf, LEADER, started } from '../../../support/colony-records.ts';
import { hex, liveBackend, STORED, statusOf } from '../fixtures.ts';
import { DriverRig } from './driver-fixture.ts';

const LEADER_TERM = { id: LEADER.id, epoch: 1 };

describe('the driver', () => {
  let rig: DriverRig;
  beforeEach(() => {
    rig = new DriverRig();
  });
  afterEach(() => rig.end());

  test('before any colony only looks which backends are there', async () => {
    await rig.store.takeLeadership(undefined, LEADER);
    await rig.drive();
    await rig.clock.advance(30_000);
    expect(rig.done).toEqual([]);
    expect(rig.calls).toEqual([]);
    expect(rig.driver.state).toEqual({
      phase: 'Releasing',
      isStopping: false,
      idleBackends: rig.idle,
    });
    expect(rig.driver.driving).toBeUndefined();
  });

  test('has backends let go of a stopped colony, as often as it takes', async () => {
    await rig.store.stop(await started(rig.store));
    rig.idle = [liveBackend(0, statusOf(0))];
    rig.answer = () => {
      throw new TransportError('timeout', 'no answer');
    };
    await rig.drive();
    await rig.clock.advance(1_000);
    expect(rig.driver.state).toMatchObject({ phase: 'Releasing', isStopping: true });
    rig.answer = () => {
      rig.idle = [liveBackend(0)];
    };
    await rig.clock.advance(1_000);
    expect(rig.calls.every(({ method }) => method === 'releaseColony')).toBe(true);
    expect(rig.driver.state).toMatchObject({ phase: 'Releasing', isStopping: false });
  });

  test('starts a claimed colony, and then drives it', async () => {
    await rig.store.takeLeadership(undefined, LEADER);
    await rig.drive();
    await rig.store.claim(claimOf('K1'));
    await rig.look();
    expect(rig.done).toEqual(['start', 'allHold']);
    expect(rig.driver.state.phase).toBe('Ticking');
    expect(rig.driver.driving?.stored).toEqual(STORED);
  });

  test('drives a started colony on without a rollback when all its backends hold it', async () => {
    await started(rig.store);
    await rig.drive();
    expect(rig.done).toEqual(['allHold']);
    expect(rig.recoveries).toEqual([]);
    expect(rig.driver.driving?.ticker.replayUntil).toBe(0);
    expect(rig.calls.filter(({ method }) => method === 'startTicking')).toHaveLength(2);
  });

  test('recovers a started colony whose backends do not hold it, and replays what was stored', async () => {
    await started(rig.store);
    await rig.digests.append('instance-K1', { tick: 700, digest: hex(1) });
    rig.allHold = false;
    await rig.drive();
    expect(rig.done).toEqual(['allHold', 'recover 2']);
    expect(rig.recoveries).toEqual(['not_held']);
    expect(rig.driver.driving?.ticker.replayUntil).toBe(700);
  });

  test('recovers at once when a backend is lost, without looking again whether it is there', async () => {
    await started(rig.store);
    await rig.drive();
    const healthy = rig.answer;
    rig.answer = (call) => {
      if (call.bootId === 'boot-1' && call.fence.topologyVersion === 1) {
        return { status: statusOf(1, {}, { state: 'Failed', failure: 'broken' }), samples: [] };
      }
      return healthy(call);
    };
    await rig.clock.advance(30_000);
    expect(rig.done).toEqual(['allHold', 'recover 2']);
    expect(rig.recoveries).toEqual(['backend_lost']);
    expect(rig.driver.driving?.ticker.topology.topologyVersion).toBe(2);
  });

  test('refuses to resume a colony of another engine version, and says so', async () => {
    await started(rig.store);
    rig.stored = { ...STORED, engineVersion: STORED.engineVersion + 1 };
    await rig.drive();
    await rig.clock.advance(60_000);
    expect(rig.driver.state).toMatchObject({
      phase: 'Refusing',
      detail: expect.stringContaining(`engine version ${rig.stored.engineVersion}`),
    });
    expect([rig.done, rig.calls]).toEqual([[], []]);
    expect(rig.log.messages('error')).toHaveLength(1);
  });

  test('leaves what it does when the colony is stopped', async () => {
    const record = await started(rig.store);
    await rig.drive();
    await rig.store.stop(record);
    await rig.look();
    expect(rig.driver.driving).toBeUndefined();
    expect(rig.driver.state).toMatchObject({ phase: 'Releasing', isStopping: false });
  });

  test('stops acting when the term ends', async () => {
    await started(rig.store);
    await rig.drive();
    rig.term.end();
    await rig.clock.advance(0);
    const before = rig.calls.length;
    await rig.clock.advance(60_000);
    expect(rig.calls).toHaveLength(before);
    expect(rig.driver.reservation()).toBeUndefined();
  });

  test('tries again from the record when something fails', async () => {
    await started(rig.store);
    let failures = 2;
    rig.loadSpec = async () => {
      if (failures-- > 0) throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
      return rig.stored;
    };
    await rig.drive();
    await rig.clock.advance(5_000);
    expect(rig.driver.state.phase).toBe('Ticking');
    expect(rig.log.messages('error')).toHaveLength(2);
  });

  test('leaves the pause after a failure at once when the colony is stopped', async () => {
    const record = await started(rig.store);
    rig.loadSpec = async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    await rig.drive();
    await rig.clock.advance(10);
    expect(rig.driver.state.phase).toBe('Loading');
    await rig.store.stop(record);
    await rig.look();
    expect(rig.driver.state.phase).toBe('Releasing');
    expect(rig.clock.nowMs()).toBeLessThan(1_000);
  });

  test('shows the digest that is stored until it stores one of its own', async () => {
    await started(rig.store);
    await rig.digests.append('instance-K1', { tick: 700, digest: hex(1) });
    await rig.drive();
    expect(rig.driver.driving?.digests.last).toEqual({ tick: 700, digest: hex(1) });
  });

  test('asks the next beat for what the colony will need', async () => {
    await started(rig.store);
    await rig.drive();
    expect(rig.driver.reservation()).toMatchObject({ generation: 1, urgent: true });
  });

  test('asks the next beat for no more where the record reserves enough, and tells it the tick', async () => {
    await started(rig.store);
    await rig.store.beat(LEADER_TERM, { generation: 1, horizon: 100_000 });
    await rig.drive();
    expect(rig.driver.driving).toBeDefined();
    const { horizon = 0, urgent, tick } = rig.driver.reservation() ?? {};
    expect({ urgent, tick }).toEqual({ urgent: false, tick: rig.driver.driving?.ticker.tick });
    expect(horizon).toBeLessThan(100_000);
  });
});
