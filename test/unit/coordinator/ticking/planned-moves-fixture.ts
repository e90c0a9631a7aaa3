import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import {
  PlannedMoves,
  type StoodStill,
} from '../../../../services/coordinator/ticking/planned-moves.ts';
import { trackedBackend } from '../../../../services/coordinator/ticking/tracked-backend.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { liveBackend, statusOf, topologyOf } from '../fixtures.ts';

/** So long the world stands for a move, as long as checkpoints are not known to take longer. */
export const STANDING_MAX_MS = 15_000;

/** Takes no checkpoint before its signal is aborted. */
export const never = (_tick: number, signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Planned moves of a world that is granted one tick more at each try. */
export class PlannedMovesRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly ending = new AbortController();
  topology = topologyOf(2);
  /** Which of the backends with shards are to end. */
  draining = new Set<number>();
  found: LiveBackend[] | Error = [liveBackend(0), liveBackend(1)];
  readonly looks: number[] = [];
  /** What was done, in order. */
  readonly done: string[] = [];
  takeAt: (tick: number, signal: AbortSignal) => Promise<void> = async () => {};
  /** How long the last checkpoint took. */
  tookMs = 0;
  /** What the run came to. */
  outcome: { still?: StoodStill | undefined; isOver: boolean } = { isOver: false };
  #moves: PlannedMoves | undefined;
  #stoodAt = 700;

  get reason(): string | undefined {
    return this.#moves?.reason;
  }

  run(): void {
    const rig = this;
    const { clock, log, topology } = this;
    const tracked = topology.backends.map((backend) => trackedBackend(topology, backend, 0));
    this.#moves = new PlannedMoves(
      { rebalanceAfterSeconds: 10, clock, randomness: new SeededRandomness(1), log },
      {
        ticker: {
          topology,
          get backends() {
            return tracked.map((backend, index) => ({
              ...backend,
              status: statusOf(index, {}, { draining: rig.draining.has(index) }),
            }));
          },
          stand: async () => {
            const granted = this.#stoodAt++;
            this.done.push(`stand at ${granted}`);
            return { granted, release: () => void this.done.push(`release ${granted}`) };
          },
        },
        checkpointer: {
          settled: async () => undefined,
          get tookMs() {
            return rig.tookMs;
          },
          takeAt: (tick, signal) => {
            this.done.push(`checkpoint ${tick}`);
            return this.takeAt(tick, signal);
          },
        },
        discover: async () => {
          this.looks.push(clock.nowMs());
          if (this.found instanceof Error) throw this.found;
          return this.found;
        },
      },
    );
    void this.#moves.run(this.ending.signal).then((still) => {
      this.outcome = { still, isOver: true };
    });
  }

  /** Ends the run; answers what is left of it: nothing, if all is well. */
  async end(): Promise<{ isOver: boolean; timers: number }> {
    this.ending.abort();
    await this.clock.advance(60_000);
    return { isOver: this.outcome.isOver, timers: this.clock.pendingTimers };
  }
}
