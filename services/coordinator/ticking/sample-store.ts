import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import type { DigestLog } from '../../platform/series/digest-log.ts';
import type { DigestEntry, Sample } from '../../protocol/colony/sampling.ts';
import type { Statistics } from '../../world/measuring/statistics.ts';
import { SampleCollector, type WholeSample } from './sample-collector.ts';

export interface SampleStoreOptions {
  digests: DigestLog;
  clock: Clock;
  log: Log;
  colonyInstanceId: string;
  shards: number;
}

/** Two digests of one tick that differ. */
export interface Violation {
  tick: number;
  stored: string;
  measured: string;
}

const RETRY_MS = 500;

/**
 * Stores the digests of one topology's run, in order of ticks, and confirms what is stored. A
 * store that does not answer is tried again; meanwhile backends keep their samples and, when their
 * buffers are full, wait.
 */
export class SampleStore {
  readonly #options: SampleStoreOptions;
  readonly #collector: SampleCollector;
  readonly #wakeup: Wakeup;
  readonly #queue: WholeSample[] = [];
  #durableThroughTick = -1;
  #lastStatistics: { tick: number; values: Statistics } | undefined;
  #lastDigest: DigestEntry | undefined;

  constructor(options: SampleStoreOptions) {
    this.#options = options;
    this.#collector = new SampleCollector(options.shards);
    this.#wakeup = new Wakeup(options.clock);
  }

  /** Samples up to this tick may be forgotten by the backends; -1 for none. */
  get durableThroughTick(): number {
    return this.#durableThroughTick;
  }

  get lastStatistics(): { tick: number; values: Statistics } | undefined {
    return this.#lastStatistics;
  }

  get lastDigest(): DigestEntry | undefined {
    return this.#lastDigest;
  }

  /**
   * Takes what a backend keeps, and the tick it stands at. Samples that it should have and does not
   * keep were confirmed to it, hence stored: by a former leader, which may not have come to tell
   * the other backends.
   */
  add(bootId: string, samples: readonly Sample[], tick: number): void {
    const oldestKept = samples[0]?.tick ?? tick;
    this.#durableThroughTick = Math.max(this.#durableThroughTick, oldestKept - 1);
    for (const whole of this.#collector.add(bootId, samples)) {
      this.#lastStatistics = { tick: whole.tick, values: whole.statistics };
      this.#queue.push(whole);
    }
    if (this.#queue.length > 0) this.#wakeup.notify();
  }

  /** Runs until the signal is aborted; resolves early with a violation if it finds one. */
  async run(signal: AbortSignal): Promise<Violation | undefined> {
    const { digests, colonyInstanceId, log } = this.#options;
    this.#lastDigest = await digests.last(colonyInstanceId).catch(() => undefined);
    while (!signal.aborted) {
      const [next] = this.#queue;
      if (next === undefined) {
        await this.#wakeup.wait(60_000, signal);
        continue;
      }
      if (next.digest !== undefined) {
        const entry = { tick: next.tick, digest: next.digest };
        const stored = await digests.append(colonyInstanceId, entry).catch((error: unknown) => {
          log.warn({ err: error, tick: next.tick }, 'a digest could not be stored; trying again');
          return undefined;
        });
        if (stored === undefined) {
          await this.#options.clock.sleep(RETRY_MS, signal).catch(() => {});
          continue;
        }
        if (stored.digest !== entry.digest) {
          return { tick: entry.tick, stored: stored.digest, measured: entry.digest };
        }
        if (entry.tick >= (this.#lastDigest?.tick ?? 0)) this.#lastDigest = entry;
      }
      this.#durableThroughTick = Math.max(this.#durableThroughTick, next.tick);
      this.#queue.shift();
    }
    return undefined;
  }
}
