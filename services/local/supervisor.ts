import type { Clock } from '../platform/runtime/clock.ts';
import { type ChildEvents, type ChildPlan, ManagedChild, type Role } from './managed-child.ts';

/** The order in which roles are stopped: none loses what it still needs to end well. */
const STOP_ORDER: readonly Role[] = ['coordinator', 'backend', 'store'];
/** How roles are told: a backend that gets SIGTERM hands its shards over first, but here all of them end. */
const STOP_SIGNALS = { coordinator: 'SIGTERM', backend: 'SIGINT', store: 'SIGTERM' } as const;
const STOP_DEADLINE_MS = 5000;
/** A child that has something to hand over is given so long to end. */
const RETIRE_PATIENCE_MS = 30_000;

/** The processes of a launch. */
export class Supervisor {
  readonly #children = new Set<ManagedChild>();
  readonly #clock: Clock;
  readonly #events: ChildEvents;

  constructor(clock: Clock, events: Omit<ChildEvents, 'onMessage' | 'onEnd'>) {
    this.#clock = clock;
    this.#events = { ...events, onMessage: () => {} };
  }

  /** The roles of which a process is there, in the order in which they are ended. */
  get running(): Role[] {
    return STOP_ORDER.filter((role) =>
      [...this.#children].some((child) => child.role === role && child.pid !== undefined),
    );
  }

  /** Starts a process and keeps it alive. */
  add(plan: ChildPlan, on: Partial<Pick<ChildEvents, 'onMessage' | 'onEnd'>> = {}): ManagedChild {
    const child = new ManagedChild(plan, this.#clock, { ...this.#events, ...on });
    this.#children.add(child);
    child.start();
    return child;
  }

  /**
   * Ends one that is not needed any more: it may hand over what it has, for 30 s, and is killed then. Resolves
   * when it is gone: whether it ended by itself.
   */
  async retire(child: ManagedChild): Promise<boolean> {
    const isInTime = await child.retire(RETIRE_PATIENCE_MS);
    this.#children.delete(child);
    return isInTime;
  }

  /**
   * Ends all, role by role; what is left after the deadline is killed. Repeating it is fine.
   */
  async stop(deadlineMs: number = STOP_DEADLINE_MS): Promise<void> {
    const deadline = new AbortController();
    const timeUp = this.#clock.sleep(deadlineMs, deadline.signal).catch(() => {});
    for (const role of STOP_ORDER) {
      const ending = [...this.#children].filter((child) => child.role === role);
      const signal = STOP_SIGNALS[role];
      await Promise.race([Promise.all(ending.map((child) => child.stop(signal))), timeUp]);
    }
    await this.kill();
    deadline.abort();
  }

  /** Ends all at once. */
  async kill(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.stop('SIGKILL')));
  }
}
