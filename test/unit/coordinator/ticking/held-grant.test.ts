import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Grant } from '../../../../services/backend/ticking/grant.ts';
import { HeldGrant } from '../../../../services/coordinator/ticking/held-grant.ts';

describe('what a backend may hold', () => {
  test('is what it was granted before, until it acknowledges anything', () => {
    const held = new HeldGrant(400);
    held.sent(1, 60);
    expect(held.most).toBe(400);
    held.acknowledge(1, 60);
    expect(held.most).toBe(60);
  });

  test('is the largest of what was sent since it acknowledged', () => {
    const held = new HeldGrant(0);
    for (const [number, horizon] of [
      [1, 300],
      [2, 500],
      [3, 200],
    ] as const) {
      held.sent(number, horizon);
    }
    held.acknowledge(1, 300);
    expect(held.most).toBe(500);
    held.acknowledge(3, 215);
    expect(held.most).toBe(215);
  });

  test('does not change by an acknowledgement that comes late', () => {
    const held = new HeldGrant(0);
    held.sent(1, 500);
    held.sent(2, 200);
    held.acknowledge(2, 200);
    held.acknowledge(1, 500);
    expect(held.most).toBe(200);
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
        const held = new HeldGrant(0);
        const inFlight: { number: number; horizon: number }[] = [];
        const answers: { number: number; horizon: number }[] = [];
        let number = 0;
        let tick = 0;
        for (const c of commands) {
          if (c.kind === 'send') {
            held.sent(++number, c.horizon);
            inFlight.push({ number, horizon: c.horizon });
          } else if (c.kind === 'arrive') {
            // What stays in flight for ever is lost.
            const [arrived] = inFlight.splice(c.which, 1);
            if (arrived === undefined) continue;
            grant.apply({ epoch: 1, ...arrived, ticksPerSecond: null }, tick);
            answers.push(grant.inForce);
          } else if (c.kind === 'answer') {
            const [answer] = answers.splice(c.which, 1);
            if (answer !== undefined) held.acknowledge(answer.number, answer.horizon);
          } else {
            tick = Math.max(tick, Math.min(tick + c.ticks, grant.horizon));
          }
          expect(held.most).toBeGreaterThanOrEqual(grant.horizon);
          expect(held.most).toBeGreaterThanOrEqual(tick);
        }
      }),
      { numRuns: 500 },
    );
  });
});
