import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import type { Progress } from '../../../../services/coordinator/ticking/horizon.ts';
import { startedRecord } from '../fixtures.ts';

const TIMES = { heartbeatIntervalMs: 250, beatIntervalMs: 2_000 };
/** At 60 ticks/s a grant reaches 60 ticks ahead, a reservation 300. */
const at = (maxTick: number): Progress => ({
  maxTick,
  ticksPerSecond: 60,
  achievedTicksPerSecond: 60,
});
const grantsOf = (record = startedRecord({ horizon: 0 })) => new Grants(record, TIMES);
const fault = { code: 'DETERMINISM_VIOLATION', reason: 'digests differ' };

describe('grants', () => {
  test('follow the foremost backend', () => {
    const grants = grantsOf();
    const record = startedRecord({ horizon: 1_000 });
    expect(grants.next(record, at(0))).toBe(60);
    expect(grants.next(record, at(40))).toBe(100);
    expect(grants.granted).toBe(100);
  });

  test('are never more than what is reserved', () => {
    expect(grantsOf().next(startedRecord({ horizon: 50 }), at(40))).toBe(50);
  });

  test('never fall, not even on a rollback', () => {
    const grants = grantsOf();
    const record = startedRecord({ horizon: 1_000 });
    grants.next(record, at(500));
    expect(grants.next(record, at(0))).toBe(560);
  });

  test('stand at runUntil while paused', () => {
    const grants = grantsOf();
    grants.next(startedRecord({ horizon: 1_000 }), at(0));
    const paused = startedRecord({ horizon: 1_000, paused: true, runUntil: 70 });
    expect(grants.next(paused, at(60))).toBe(70);
    expect(grants.next(paused, at(70))).toBe(70);
  });

  test('do not run on in a colony that has failed, even if a late resume got into its record', () => {
    const grants = grantsOf();
    grants.next(startedRecord({ horizon: 1_000 }), at(0));
    const failed = startedRecord({ horizon: 1_000, paused: false, fault });
    expect(grants.next(failed, at(60))).toBe(60);
  });

  test('of a new leader assume that all that was reserved had been granted', () => {
    expect(grantsOf(startedRecord({ horizon: 400 })).granted).toBe(400);
  });

  test('of a new leader assume nothing beyond a pause', () => {
    const paused = startedRecord({ horizon: 400, paused: true, runUntil: 70 });
    expect(grantsOf(paused).granted).toBe(70);
  });

  test('of a new leader assume nothing beyond what is reserved for a step', () => {
    const stepping = startedRecord({ horizon: 400, paused: true, runUntil: 900 });
    expect(grantsOf(stepping).granted).toBe(400);
  });

  describe('while frozen', () => {
    const record = startedRecord({ horizon: 1_000 });

    test('stand', async () => {
      const grants = grantsOf();
      grants.next(record, at(0));
      await grants.frozen(async () => {
        expect(grants.next(record, at(40))).toBe(60);
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
      grants.next(record, at(0));
      let endLonger = () => {};
      const longer = grants.frozen(
        () =>
          new Promise<void>((resolve) => {
            endLonger = resolve;
          }),
      );
      await grants.frozen(async () => undefined);
      expect(grants.next(record, at(40))).toBe(60);
      endLonger();
      await longer;
      expect(grants.next(record, at(40))).toBe(100);
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

  test('keep within record and pause, and never fall, whatever happens', () => {
    const step = fc.record({
      horizonMore: fc.nat(500),
      maxTick: fc.nat(5_000),
      paused: fc.boolean(),
      runUntilMore: fc.nat(300),
    });
    fc.assert(
      fc.property(fc.array(step), fc.nat(1_000), (steps, first) => {
        let horizon = first;
        const grants = grantsOf(startedRecord({ horizon }));
        let before = grants.granted;
        for (const { horizonMore, maxTick, paused, runUntilMore } of steps) {
          horizon += horizonMore;
          const runUntil = before + runUntilMore;
          const record = startedRecord({ horizon, paused, ...(paused && { runUntil }) });
          const granted = grants.next(record, at(maxTick));
          expect(granted).toBeGreaterThanOrEqual(before);
          expect(granted).toBeLessThanOrEqual(horizon);
          if (paused) expect(granted).toBeLessThanOrEqual(runUntil);
          before = granted;
        }
      }),
    );
  });
});
