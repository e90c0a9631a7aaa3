import type { Overrides } from '../draw/plan.ts';
import { FAULTS } from '../faults/table.ts';
import type { Outcome } from '../outcome.ts';
import { commandOf } from './options.ts';

const HOUR_MS = 3_600_000;

/** What a failing run tells: what was violated, and how it is done again. */
export function failureText(outcome: Outcome, overrides: Overrides): string {
  const { seed, violation } = outcome;
  if (violation === undefined) throw new Error(`seed ${seed} has not failed`);
  const { invariant, problem, atMs } = violation;
  return `seed ${seed} fails at ${Math.round(atMs)} ms: ${invariant}: ${problem}\n  ${commandOf(seed, overrides)}`;
}

/** What many runs came to. */
export class Tally {
  #seeds = 0;
  #failed = 0;
  #virtualMs = 0;
  #happened = 0;
  #ticks = 0;
  #checkpoints = 0;
  #instances = 0;
  readonly #faults = new Map(FAULTS.map(({ name }) => [name, 0]));

  get failed(): number {
    return this.#failed;
  }

  add(outcome: Outcome): void {
    this.#seeds++;
    if (outcome.violation !== undefined) this.#failed++;
    this.#virtualMs += outcome.virtualMs;
    this.#happened += outcome.happened;
    this.#ticks += outcome.ticks;
    this.#checkpoints += outcome.checkpoints;
    this.#instances += outcome.instances;
    for (const [name, count] of Object.entries(outcome.faults)) {
      this.#faults.set(name, (this.#faults.get(name) ?? 0) + count);
    }
  }

  /** @param realMs how long all of it took. */
  text(realMs: number): string {
    const hours = this.#virtualMs / HOUR_MS;
    const perHour = Math.round(this.#virtualMs / realMs);
    const faults = [...this.#faults].sort(([a], [b]) => (a < b ? -1 : 1));
    const width = Math.max(...faults.map(([name]) => name.length));
    return [
      `${this.#seeds} seeds, ${this.#failed} failed, in ${(realMs / 1000).toFixed(1)} s`,
      `${hours.toFixed(2)} simulated hours, ${perHour} in an hour`,
      `${this.#instances} colonies, ${this.#ticks} ticks compared, ${this.#checkpoints} checkpoints read back, ${this.#happened} steps of virtual time`,
      'faults injected:',
      ...faults.map(([name, count]) => `  ${name.padEnd(width)} ${String(count).padStart(9)}`),
    ].join('\n');
  }
}
