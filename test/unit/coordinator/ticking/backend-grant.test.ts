import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grant } from '../../../../services/backend/ticking/grant.ts';
import { BackendGrant } from '../../../../services/coordinator/ticking/backend-grant.ts';

describe('how far a backend may run', () => {
  test('is what it was granted before, until it acknowledges anything', () => {
    const known = new BackendGrant(400);
    known.sent(1, 60);
    expect(known.most).toBe(400);
    known.acknowledge(1, 60);
    expect(known.most).toBe(60);
  });

  test('is the largest of what was sent since it acknowledged', () => {
    const known = new BackendGrant(0);
    for (const [number, horizon] of [
      [1, 300],
      [2, 500],
      [3, 200],
    ] as const) {
      known.sent(number, horizon);
    }
    known.acknowledge(1, 300);
    expect(known.most).toBe(500);
    known.acknowledge(3, 215);
    expect(known.most).toBe(215);
  });

  test('does not change by an acknowledgement that comes late', () => {
    const known = new BackendGrant(0);
    known.sent(1, 500);
    known.sent(2, 200);
    known.acknowledge(2, 200);
    known.acknowledge(1, 500);
    expect(known.most).toBe(200);
  });

  test('is never less than what the backend obeys, whatever is lost, late or out of order', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('send' as const), horizon: fc.nat(1_000) }),
      fc.record({ kind: fc.constant('arrive' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant('answer' as const), which: fc.nat(20) }),
      fc.record({ kind: fc.constant('tick' as const), ticks: fc.nat(50) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const grant = new Grant();
        const known = new BackendGrant(0);
        const inFlight: { number: number; horizon: number }[] = [];
        const answers: { number: number; horizon: number }[] = [];
        let number = 0;
        let tick = 0;
        for (const c of commands) {
          if (c.kind === 'send') {
            known.sent(++number, c.horizon);
            inFlight.push({ number, horizon: c.horizon });
          } else if (c.kind === 'arrive') {
            // What stays in flight for ever is lost.
            const [arrived] = inFlight.splice(c.which, 1);
            if (arrived === undefined) continue;
            grant.apply({ epoch: 1, ...arrived, ticksPerSecond: null }, tick);
            answers.push(grant.inForce);
          } else if (c.kind === 'answer') {
            const [answer] = answers.splice(c.which, 1);
            if (answer !== undefined) known.acknowledge(answer.number, answer.horizon);
          } else {
            tick = Math.max(tick, Math.min(tick + c.ticks, grant.horizon));
          }
          expect(known.most).toBeGreaterThanOrEqual(grant.horizon);
          expect(known.most).toBeGreaterThanOrEqual(tick);
        }
      }),
      { numRuns: 500 },
    );
  });
});
