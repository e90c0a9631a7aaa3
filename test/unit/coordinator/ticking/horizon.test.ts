import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Pace,
  wantedGrant,
  wantedReservation,
} from '../../../../services/coordinator/ticking/horizon.ts';

const HEARTBEAT_MS = 250;
const BEAT_MS = 2_000;
const progressOf = (change: Partial<Pace> = {}): Pace => ({
  maxTick: 100,
  ticksPerSecond: 60,
  achievedTicksPerSecond: 60,
  ...change,
});

describe('the horizon', () => {
  test('is granted for four heartbeats ahead of the foremost backend', () => {
    expect(wantedGrant(progressOf(), HEARTBEAT_MS)).toBe(100 + 60);
  });

  test('is granted for two ticks at least, however slow the pace', () => {
    expect(wantedGrant(progressOf({ ticksPerSecond: 0.01 }), HEARTBEAT_MS)).toBe(102);
  });

  test('is reserved for two beats more than it is granted for', () => {
    expect(wantedReservation(progressOf(), HEARTBEAT_MS, BEAT_MS)).toBe(100 + 60 + 240);
  });

  test('without a pace it grows with what is reached, from a first guess on', () => {
    const unlimited = { ticksPerSecond: null };
    const first = progressOf({ ...unlimited, achievedTicksPerSecond: 0 });
    const fast = progressOf({ ...unlimited, achievedTicksPerSecond: 4_000 });
    expect(wantedGrant(first, HEARTBEAT_MS)).toBe(100 + 100);
    expect(wantedGrant(fast, HEARTBEAT_MS)).toBe(100 + 8_010);
  });

  test('a pace beyond what is reached does not reserve ticks that no backend will reach', () => {
    const asked = progressOf({ ticksPerSecond: 1e9, achievedTicksPerSecond: 10 });
    expect(wantedReservation(asked, HEARTBEAT_MS, BEAT_MS)).toBe(100 + 30 + 120);
  });

  test('is a whole number of ticks ahead of the foremost backend, never beyond the reservation', () => {
    const progress = fc.record({
      maxTick: fc.nat(4e9),
      ticksPerSecond: fc.option(fc.double({ min: 1e-3, max: 1e6, noNaN: true })),
      achievedTicksPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(progress, fc.integer({ min: 1, max: 10_000 }), (p, heartbeatMs) => {
        const grant = wantedGrant(p, heartbeatMs);
        expect(Number.isSafeInteger(grant)).toBe(true);
        expect(grant).toBeGreaterThan(p.maxTick);
        expect(wantedReservation(p, heartbeatMs, BEAT_MS)).toBeGreaterThanOrEqual(grant);
      }),
    );
  });
});
