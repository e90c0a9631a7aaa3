import type { Log } from '../../../platform/observability/log.ts';
import { Backoff } from '../../../platform/runtime/backoff.ts';
import type { Clock } from '../../../platform/runtime/clock.ts';
import type { Randomness } from '../../../platform/runtime/randomness.ts';
import { Wakeup } from '../../../platform/runtime/wakeup.ts';
import type { TopologyOrigin } from '../../../protocol/colony/origin.ts';
import type { Sample } from '../../../protocol/colony/sampling.ts';
import {
  DeterminismViolation,
  type JournalEntry,
  type JournalSink,
  type Violation,
} from './journal-sink.ts';
import { SampleMerger } from './sample-merger.ts';

export interface JournalOptions {
  sinks: readonly JournalSink[];
  /** How many shards the whole world has: an entry covers all of them. */
  shards: number;
  /** Where it starts. */
  origin: TopologyOrigin;
  clock: Clock;
  randomness: Randomness;
  log: Log;
}

/** A sink, with the entries that it has yet to make durable. */
interface Outlet {
  readonly sink: JournalSink;
  readonly queue: JournalEntry[];
  readonly wakeup: Wakeup;
  durableThroughTick: number;
}

const RETRY = { firstMs: 250, mostMs: 5_000 };

/**
 * Takes the measurements of one topology from the backends to the sinks that keep them:
 *
 *     backend ─▶ its buffer ─▶ heartbeat ─▶ merger ─▶ entry ─┬▶ sink ─▶ durable ─┐
 *        ▲                                                   └▶ sink ─▶ durable ─┤
 *        └──────── durableThroughTick: the least of all sinks ◀──────────────────┘
 *
 * Each sink takes all entries in order of ticks, at its own speed, and may wait for some more before it makes them
 * durable. After a failure they are offered again; meanwhile backends keep their samples and, once their buffers are
 * full, stop ticking.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #merger: SampleMerger;
  readonly #outlets: readonly Outlet[];
  /** Samples up to this tick were made durable by former leaders. */
  #durableBefore = -1;
  #wantedThroughTick = -1;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#merger = new SampleMerger(options.shards, options.origin);
    this.#outlets = options.sinks.map((sink) => ({
      sink,
      queue: [],
      wakeup: new Wakeup(options.clock),
      durableThroughTick: -1,
    }));
  }

  /** Backends may forget samples up to this tick; -1 for none. */
  get durableThroughTick(): number {
    const everywhere = Math.min(...this.#outlets.map((outlet) => outlet.durableThroughTick));
    return Math.max(this.#durableBefore, everywhere);
  }

  /** What has come up to this tick is to be made durable now; see `durableThroughTick`. */
  want(throughTick: number): void {
    if (throughTick <= this.#wantedThroughTick) return;
    this.#wantedThroughTick = throughTick;
    for (const { wakeup } of this.#outlets) wakeup.notify();
  }

  /**
   * Takes the samples that a backend keeps, and its tick. Earlier samples, which it keeps no more, were
   * confirmed to it by a former leader, and so are durable; that leader may not have confirmed them to
   * the other backends.
   */
  add(bootId: string, samples: readonly Sample[], tick: number): void {
    const oldestKept = samples[0]?.tick ?? tick;
    this.#durableBefore = Math.max(this.#durableBefore, oldestKept - 1);
    const entries = this.#merger.add(bootId, samples);
    if (entries.length === 0) return;
    for (const { queue, wakeup } of this.#outlets) {
      queue.push(...entries);
      wakeup.notify();
    }
  }

  /**
   * Runs until the signal is aborted. A sink that finds a violation takes nothing more; the others go on.
   *
   * @param onViolation called at once with a violation that a sink finds.
   * @param onDurable called whenever more is durable.
   */
  async run(
    signal: AbortSignal,
    onViolation: (violation: Violation) => Promise<void>,
    onDurable: () => void = () => {},
  ): Promise<void> {
    await Promise.all(
      this.#outlets.map(async (outlet) => {
        const violation = await this.#drain(outlet, signal, onDurable);
        if (violation !== undefined) await onViolation(violation);
      }),
    );
  }

  async #drain(
    outlet: Outlet,
    stop: AbortSignal,
    onDurable: () => void,
  ): Promise<Violation | undefined> {
    const { log } = this.#options;
    const backoff = new Backoff(this.#options, RETRY);
    const { sink, queue, wakeup } = outlet;
    while (!stop.aborted) {
      const [first, ...more] = queue;
      if (first === undefined) {
        await wakeup.wait(undefined, stop);
        continue;
      }
      try {
        const durable = await sink.accept([first, ...more], this.#wantedThroughTick);
        backoff.reset();
        const before = this.durableThroughTick;
        outlet.durableThroughTick = Math.max(outlet.durableThroughTick, durable);
        if (this.durableThroughTick > before) onDurable();
        const kept = queue.findIndex(({ tick }) => tick > durable);
        queue.splice(0, kept < 0 ? queue.length : kept);
        if (durable < first.tick) await wakeup.wait(undefined, stop);
      } catch (error) {
        if (error instanceof DeterminismViolation) return error.violation;
        const { tick } = first;
        log.warn({ err: error, tick }, 'an entry of the journal could not be stored; trying again');
        await backoff.pause(stop);
      }
    }
    return undefined;
  }
}
