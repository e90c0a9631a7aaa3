import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { LEADER, started } from '../../../support/colony-records.ts';
import { hex, sampleOf } from '../fixtures.ts';
import { DriverRig } from './driver-fixture.ts';

const LEADER_TERM = { id: LEADER.id, epoch: 1 };

/** Between attempts at what fails. */
const LONGEST_PAUSE_MS = 5_000;

describe('a driver that meets trouble', () => {
  let rig: DriverRig;
  beforeEach(() => {
    rig = new DriverRig();
  });
  afterEach(() => rig.end());

  describe('after a failure', () => {
    /** Fails as often as the leader looks; keeps when it did. */
    let failedAtMs: number[];
    const failing = async (): Promise<never> => {
      failedAtMs.push(rig.clock.nowMs());
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    const pauses = () => failedAtMs.slice(1).map((atMs, i) => atMs - failedAtMs[i]!);
    beforeEach(async () => {
      failedAtMs = [];
      await started(rig.store);
    });

    test('tries again after pauses that grow up to 5 s, and says so', async () => {
      rig.loadSpec = failing;
      await rig.drive();
      await rig.clock.advance(30_000);
      expect(Math.max(...pauses())).toBeGreaterThan(2_500);
      for (const pauseMs of pauses()) expect(pauseMs).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
      expect(pauses()[0]).toBeLessThanOrEqual(500);
      expect(rig.log.lines[0]).toMatchObject({
        level: 'error',
        message: 'the work of the leader failed; trying again',
        fields: { err: { code: 'STORE_UNAVAILABLE' } },
      });
    });

    test('begins with the shortest pause again when it had gone well for long', async () => {
      rig.loadSpec = failing;
      await rig.drive();
      await rig.clock.advance(30_000);
      let fail = (_: Error) => {};
      rig.loadSpec = () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        });
      // To the end of the pause under way, and then for long.
      await rig.clock.advance(LONGEST_PAUSE_MS);
      await rig.clock.advance(LONGEST_PAUSE_MS + 1);
      rig.loadSpec = failing;
      failedAtMs = [rig.clock.nowMs()];
      fail(new Error('at last'));
      await rig.clock.advance(501);
      expect(failedAtMs).toHaveLength(2);
    });
  });

  describe('when two digests of a tick differ', () => {
    beforeEach(async () => {
      await started(rig.store);
      await rig.digests.append('instance-1', { tick: 0, digest: hex(99) });
      const healthy = rig.answer;
      rig.answer = (call) => {
        if (call.method !== 'heartbeat') return healthy(call);
        const { status } = healthy(call) as { status: object };
        return { status, samples: call.bootId === 'boot-0' ? [sampleOf(0, 8, 1)] : [] };
      };
    });

    test('pauses the colony for good, with the fault in the record', async () => {
      await rig.drive();
      await rig.clock.advance(1_000);
      expect(await rig.store.read()).toMatchObject({
        status: 'TopographyInitialized',
        paused: true,
        runUntil: 10,
        fault: { code: 'DETERMINISM_VIOLATION', reason: expect.stringContaining(hex(99)) },
      });
    });

    test('keeps the stored digest', async () => {
      await rig.drive();
      await rig.clock.advance(1_000);
      expect(await rig.digests.list('instance-1')).toEqual([{ tick: 0, digest: hex(99) }]);
    });

    test('grants nothing further until the fault is recorded', async () => {
      const { setRun } = rig.store;
      rig.store.setRun = async (term, change, ...rest) => {
        if (change.fault === undefined) return setRun.call(rig.store, term, change, ...rest);
        throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
      };
      await rig.drive();
      await rig.store.beat(LEADER_TERM, { generation: 1, horizon: 5_000 });
      await rig.look();
      await rig.clock.advance(10_000);
      expect(rig.driver.driving?.grants.granted).toBe(10);
      rig.store.setRun = setRun;
      await rig.clock.advance(LONGEST_PAUSE_MS);
      expect(await rig.store.read()).toMatchObject({ paused: true, runUntil: 10 });
    });
  });
});
