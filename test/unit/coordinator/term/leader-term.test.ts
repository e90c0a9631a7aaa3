import { beforeEach, describe, expect, test } from 'vitest';
import { LeaderTerm, TermEnded } from '../../../../services/coordinator/term/leader-term.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

describe("a leader's term", () => {
  let clock: VirtualClock;
  let term: LeaderTerm;
  beforeEach(async () => {
    clock = new VirtualClock({ startMs: 1_000 });
    term = new LeaderTerm({ leaderId: 'c1', epoch: 3, clock, leaseMs: 800, sentMs: 900 });
  });

  test('may act until one lease after its last beat was sent', async () => {
    await clock.advance(699);
    expect(term.mayAct).toBe(true);
    await clock.advance(1);
    expect(term.mayAct).toBe(false);
  });

  test('counts a later beat from when it was sent, not from its answer', async () => {
    await clock.advance(500);
    term.extend(1_100);
    expect(term.remainingMs).toBe(400);
  });

  test('is not shortened by the late answer to an older beat', () => {
    term.extend(1_000);
    term.extend(950);
    expect(term.remainingMs).toBe(800);
  });

  test('is not revived by an answer that comes after the lease', async () => {
    await clock.advance(700);
    term.extend(1_600);
    expect(term.mayAct).toBe(false);
    expect(term.signal.aborted).toBe(true);
  });

  test('is listened to by all that a leader does, without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    for (let i = 0; i < 20; i++) term.signal.addEventListener('abort', () => {});
    // Warnings are told in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  test('throws before an effect once it may not act', async () => {
    expect(() => term.assertActing()).not.toThrow();
    await clock.advance(700);
    expect(() => term.assertActing()).toThrow(TermEnded);
  });

  test('is over at once when it is ended, and a late beat does not revive it', () => {
    term.end();
    term.extend(5_000);
    expect(term.mayAct).toBe(false);
    expect(term.signal.reason).toBeInstanceOf(TermEnded);
  });
});
