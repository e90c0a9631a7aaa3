import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import type { Progress } from '../../../../services/coordinator/ticking/horizon.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { grantsOptions, startedRecord } from '../fixtures.ts';

/** At 60 ticks/s a grant reaches 60 ticks ahead, a reservation 300. */
const at = (maxTick: number): Progress => ({
  maxTick,
  isKnown: true,
  ticksPerSecond: 60,
  achievedTicksPerSecond: 60,
});
const fault = { code: 'DETERMINISM_VIOLATION', reason: 'digests differ' };
const BOOT_IDS = ['boot-0', 'boot-1'];

/** Grants to two backends of which nothing is known but the record. */
const grantsOf = (record = startedRecord({ horizon: 0 })) => {
  const grants = new Grants(record, grantsOptions());
  grants.follow(BOOT_IDS, record, true);
  return grants;
};

/** One heartbeat to every backend, which acknowledges it as if it had begun so many ticks. */
function beat(grants: Grants, record: ColonyRecord, maxTick: number, begun = maxTick): number {
  const horizon = grants.next(record, at(maxTick));
  for (const bootId of BOOT_IDS) {
    const number = grants.give(bootId, horizon);
    grants.acknowledge(bootId, { epoch: 1, number, horizon: Math.max(horizon, begun) });
  }
  return horizon;
}

describe('grants', () => {
  const record = startedRecord({ horizon: 1_000, topologyHorizon: 0 });

  test('follow the foremost backend', () => {
    const grants = grantsOf();
    expect(beat(grants, record, 0)).toBe(60);
    expect(beat(grants, record, 40)).toBe(100);
    expect(grants.granted).toBe(100);
  });

  test('are never more than what is reserved', () => {
    expect(grantsOf().next(startedRecord({ horizon: 50 }), at(40))).toBe(50);
  });

  test('stand at runUntil while paused, however slow the colony is', () => {
    const grants = grantsOf();
    beat(grants, record, 0);
    const paused = startedRecord({ horizon: 1_000, paused: true, runUntil: 70 });
    expect(beat(grants, paused, 60)).toBe(70);
    expect(grants.next(paused, { ...at(60), ticksPerSecond: 0.01 })).toBe(70);
  });

  test('do not run on in a colony that has failed, even if a late resume got into its record', () => {
    const grants = grantsOf();
    beat(grants, record, 0);
    const failed = startedRecord({ horizon: 1_000, paused: false, runUntil: 60, fault });
    expect(grants.next(failed, at(60))).toBe(60);
  });

  describe('of a new leader', () => {
    test('assume that all that was reserved had been granted', () => {
      expect(grantsOf(startedRecord({ horizon: 400 })).granted).toBe(400);
    });

    test('assume nothing beyond a pause', () => {
      const paused = startedRecord({ horizon: 400, paused: true, runUntil: 70 });
      expect(grantsOf(paused).granted).toBe(70);
    });

    test('assume nothing beyond what is reserved for a step', () => {
      const stepping = startedRecord({ horizon: 400, paused: true, runUntil: 900 });
      expect(grantsOf(stepping).granted).toBe(400);
    });

    test('fall to what the backends acknowledge to it, all of them', () => {
      const grants = grantsOf(record);
      const number = grants.give('boot-0', 60);
      grants.acknowledge('boot-0', { epoch: 1, number, horizon: 60 });
      expect(grants.granted).toBe(1_000);
      grants.acknowledge('boot-1', { epoch: 1, number: grants.give('boot-1', 60), horizon: 75 });
      expect(grants.granted).toBe(75);
    });

    test('do not fall by what was acknowledged to a former leader', () => {
      const grants = grantsOf(record);
      for (const bootId of BOOT_IDS) {
        grants.acknowledge(bootId, { epoch: 0, number: 999, horizon: 60 });
      }
      expect(grants.granted).toBe(1_000);
    });

    test('do not fall in a colony of an earlier build that may have lost backends', () => {
      const grants = grantsOf(startedRecord({ horizon: 1_000 }));
      beat(grants, record, 0);
      expect(grants.granted).toBe(1_000);
    });
  });

  describe('after a slower pace', () => {
    const slow = (maxTick: number): Progress => ({ ...at(maxTick), ticksPerSecond: 1 });

    test('fall to what all have acknowledged', () => {
      const grants = grantsOf();
      beat(grants, record, 40);
      const horizon = grants.next(record, slow(50));
      expect(horizon).toBe(52);
      const numbers = BOOT_IDS.map((bootId) => grants.give(bootId, horizon));
      expect(grants.granted).toBe(100);
      grants.acknowledge('boot-0', { epoch: 1, number: numbers[0]!, horizon: 52 });
      expect(grants.granted).toBe(100);
      grants.acknowledge('boot-1', { epoch: 1, number: numbers[1]!, horizon: 57 });
      expect(grants.granted).toBe(57);
    });

    test('of a backend that is silent stay in force', () => {
      const grants = grantsOf();
      beat(grants, record, 40);
      const number = grants.give('boot-0', 52);
      grants.give('boot-1', 52);
      grants.acknowledge('boot-0', { epoch: 1, number, horizon: 52 });
      expect(grants.granted).toBe(100);
    });
  });

  describe('over the next topology', () => {
    test('do not fall below what the lost backend may have computed', () => {
      const grants = grantsOf();
      beat(grants, record, 40);
      grants.follow(BOOT_IDS, startedRecord({ horizon: 1_000, topologyHorizon: 1_000 }), false);
      beat(grants, record, 0);
      expect(grants.granted).toBe(100);
    });

    test('let it replay without a pace, in small steps, and at the pace from there on', () => {
      const grants = grantsOf();
      beat(grants, record, 500);
      grants.follow(BOOT_IDS, startedRecord({ horizon: 1_000, topologyHorizon: 1_000 }), false);
      // 60 of the second that a grant is for at the pace; twice the achieved and 10 without one.
      expect(grants.next(record, at(0))).toBe(130);
      expect(grants.next(record, at(450))).toBe(560);
      expect(grants.next(record, at(560))).toBe(620);
    });

    test('let backends that hold it since before run on until each has said where it is', () => {
      const grants = grantsOf();
      beat(grants, record, 500);
      grants.follow(BOOT_IDS, startedRecord({ horizon: 1_000, topologyHorizon: 1_000 }), true);
      expect(grants.running).toBe(560);
      expect(grants.next(record, { ...at(0), isKnown: false })).toBe(560);
    });

    test('tell what its backends may run to from what counts as granted', () => {
      const grants = grantsOf();
      beat(grants, record, 500);
      grants.follow(BOOT_IDS, startedRecord({ horizon: 1_000, topologyHorizon: 1_000 }), false);
      expect(grants.running).toBe(0);
      beat(grants, record, 0);
      expect([grants.running, grants.granted, grants.floor]).toEqual([130, 560, 560]);
    });

    test('let a replay go on while something is written', async () => {
      const grants = grantsOf();
      beat(grants, record, 500);
      grants.follow(BOOT_IDS, startedRecord({ horizon: 1_000, topologyHorizon: 1_000 }), false);
      await grants.frozen(async () => {
        expect(beat(grants, record, 100)).toBe(230);
        expect(beat(grants, record, 550)).toBe(560);
      });
    });

    test('of a new leader do not fall below the horizon that topology began with', () => {
      const grants = grantsOf(startedRecord({ horizon: 1_000, topologyHorizon: 300 }));
      beat(grants, record, 0);
      expect(grants.granted).toBe(300);
    });
  });

  describe('while frozen', () => {
    test('stand', async () => {
      const grants = grantsOf();
      beat(grants, record, 0);
      await grants.frozen(async () => {
        expect(beat(grants, record, 40)).toBe(60);
      });
    });

    test('go on afterwards, also when the write failed', async () => {
      const grants = grantsOf();
      const failing = grants.frozen(async () => {
        throw new Error('the store is away');
      });
      await expect(failing).rejects.toThrow('the store is away');
      expect(grants.next(record, at(40))).toBe(100);
    });

    test('stand until the last of two writes has ended', async () => {
      const grants = grantsOf();
      beat(grants, record, 0);
      let endLonger = () => {};
      const longer = grants.frozen(
        () =>
          new Promise<void>((resolve) => {
            endLonger = resolve;
          }),
      );
      await grants.frozen(async () => undefined);
      expect(beat(grants, record, 40)).toBe(60);
      endLonger();
      await longer;
      expect(grants.next(record, at(40))).toBe(100);
    });
  });

  describe('that are recalled', () => {
    test('go no further than that tick until the recall ends', () => {
      const grants = grantsOf();
      beat(grants, record, 40);
      const recall = grants.recall(45);
      expect(beat(grants, record, 42, 47)).toBe(45);
      expect(grants.granted).toBe(47);
      recall.end();
      expect(beat(grants, record, 47)).toBe(107);
    });

    test('are acknowledged once all have answered to a heartbeat that was sent after', async () => {
      const grants = grantsOf();
      const before = grants.give('boot-0', 60);
      const recall = grants.recall(45);
      let isAcknowledged = false;
      void recall.acknowledged.then(() => {
        isAcknowledged = true;
      });
      grants.acknowledge('boot-0', { epoch: 1, number: before, horizon: 60 });
      grants.acknowledge('boot-1', { epoch: 1, number: grants.give('boot-1', 45), horizon: 45 });
      await Promise.resolve();
      expect(isAcknowledged).toBe(false);
      grants.acknowledge('boot-0', { epoch: 1, number: grants.give('boot-0', 45), horizon: 45 });
      await Promise.resolve();
      expect(isAcknowledged).toBe(true);
    });
  });

  describe('ask the next beat', () => {
    test('for two beats ahead', () => {
      const record = startedRecord({ horizon: 200 });
      expect(grantsOf().reservation(record, at(100))).toEqual({ horizon: 400, urgent: false });
    });

    test('urgently when backends would soon wait', () => {
      const record = startedRecord({ horizon: 159 });
      expect(grantsOf().reservation(record, at(100)).urgent).toBe(true);
    });

    test('for nothing beyond the tick at which a paused colony stands', () => {
      const record = startedRecord({ horizon: 150, paused: true, runUntil: 150 });
      expect(grantsOf().reservation(record, at(150))).toEqual({ horizon: 150, urgent: false });
    });

    test('urgently for a step beyond the reserved horizon, and no further than the step', () => {
      const record = startedRecord({ horizon: 150, paused: true, runUntil: 160 });
      expect(grantsOf().reservation(record, at(150))).toEqual({ horizon: 160, urgent: true });
    });
  });

  test('keep within the record, and count no less than any backend holds, whatever happens', () => {
    const step = fc.record({
      horizonMore: fc.nat(500),
      maxTick: fc.nat(5_000),
      paused: fc.boolean(),
      runUntilMore: fc.nat(300),
      answers: fc.tuple(fc.boolean(), fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(step), fc.nat(1_000), (steps, first) => {
        let horizon = first;
        const grants = grantsOf(startedRecord({ horizon }));
        const held = new Map(BOOT_IDS.map((bootId) => [bootId, 0]));
        for (const { horizonMore, maxTick, paused, runUntilMore, answers } of steps) {
          horizon += horizonMore;
          const runUntil = grants.granted + runUntilMore;
          const record = startedRecord({ horizon, paused, ...(paused && { runUntil }) });
          const granted = grants.next(record, at(maxTick));
          expect(granted).toBeLessThanOrEqual(horizon);
          if (paused) expect(granted).toBeLessThanOrEqual(runUntil);
          BOOT_IDS.forEach((bootId, i) => {
            const number = grants.give(bootId, granted);
            held.set(bootId, granted);
            if (answers[i]) grants.acknowledge(bootId, { epoch: 1, number, horizon: granted });
          });
          for (const most of held.values()) expect(grants.granted).toBeGreaterThanOrEqual(most);
        }
      }),
    );
  });
});
