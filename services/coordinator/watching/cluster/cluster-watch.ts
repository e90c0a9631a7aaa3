import type { Clock } from '../../../platform/runtime/clock.ts';
import type { ClusterHistoryView } from '../../../protocol/api/cluster-history.ts';
import type { BackendLoad } from '../../../protocol/wire/backend-load.ts';
import { type PhasedDriver, presentPhase } from '../../driver/phase.ts';
import type { CoordinatorContext } from '../../term/coordinator-context.ts';
import type { LeaderTerm } from '../../term/leader-term.ts';
import type { Ticker } from '../../ticking/ticker.ts';
import type { TrackedBackend } from '../../ticking/tracked-backend.ts';
import type { Troubles } from '../../troubles/troubles.ts';
import { troubleView } from '../trouble-view.ts';
import {
  type BackendValues,
  ClusterHistory,
  columnsOf,
  numberOrNull,
  packValues,
} from './cluster-history.ts';
import { type Rates, ratesBetween } from './rates.ts';

/** What is read of the driver. */
interface WatchedDriver extends PhasedDriver {
  readonly driving:
    | (NonNullable<PhasedDriver['driving']> & {
        ticker: Pick<Ticker, 'backends' | 'maxTick' | 'achievedTicksPerSecond'>;
      })
    | undefined;
}

export interface ClusterWatchOptions {
  clock: Clock;
  context: Pick<CoordinatorContext, 'storedInfo'>;
  driver: WatchedDriver;
  troubles: Pick<Troubles, 'history' | 'version'>;
}

const LOOK_EVERY_MS = 2_000;

/** What a leader remembers. */
interface Memory {
  readonly begins: string;
  readonly beganMs: number;
  readonly epoch: number;
  readonly history: ClusterHistory;
  /** Of the last look, by boot id. */
  loads: ReadonlyMap<string, BackendLoad>;
  rates: ReadonlyMap<string, Rates>;
  looks: number;
  /** By the ids of backends. */
  readonly processes: Map<string, { bootId: string; restarts: number }>;
}

/**
 * Looks at what the backends have told with their heartbeats every two seconds, as long as this coordinator leads,
 * and remembers it: in memory only, so that it goes with the lead.
 */
export class ClusterWatch {
  readonly #options: ClusterWatchOptions;
  #memory: Memory | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#options = options;
  }

  async run(term: LeaderTerm): Promise<void> {
    const { clock } = this.#options;
    this.#memory = {
      ...{ begins: clock.wallTime(), beganMs: clock.nowMs(), epoch: term.epoch, looks: 0 },
      ...{ history: new ClusterHistory(), loads: new Map(), rates: new Map() },
      processes: new Map(),
    };
    while (term.mayAct) {
      this.#look(this.#memory);
      await clock.sleep(LOOK_EVERY_MS, term.signal).catch(() => {});
    }
    this.#memory = undefined;
  }

  /** What a backend did in the last seconds; undefined if it is not known. */
  ratesOf(bootId: string): Rates | undefined {
    return this.#memory?.rates.get(bootId);
  }

  /** How often another process was seen under an id. */
  restartsOf(id: string): number {
    return this.#memory?.processes.get(id)?.restarts ?? 0;
  }

  /**
   * What is remembered of the time after a moment; undefined while this coordinator does not lead.
   *
   * @param sinceMs in milliseconds since the memory begins.
   */
  history(sinceMs: number): { etag: string; history: ClusterHistoryView } | undefined {
    const memory = this.#memory;
    if (memory === undefined) return undefined;
    const { troubles } = this.#options;
    const { begins, epoch, looks } = memory;
    const points = memory.history.after(sinceMs);
    const ids = [...new Set(points.flatMap((point) => point.ids))].sort();
    const history: ClusterHistoryView = {
      ...{ begins, epoch },
      points: {
        elapsedMs: points.map((point) => point.elapsedMs),
        phase: points.map((point) => point.phase),
        tick: points.map((point) => numberOrNull(point.tick)),
        ticksPerSecond: points.map((point) => numberOrNull(point.ticksPerSecond)),
      },
      backends: ids.map((id) => ({ id, ...columnsOf(points, id) })),
      troubles: troubles.history.map(troubleView),
    };
    return { etag: [epoch, looks, troubles.version, sinceMs].join('-'), history };
  }

  #look(memory: Memory): void {
    const { clock, context, driver } = this.#options;
    const { state, driving } = driver;
    // A ticker that has lost a backend is kept until the next one runs; what it knew is over.
    const ticker = state.phase === 'Ticking' ? driving?.ticker : undefined;
    const backends = ticker?.backends ?? [];
    for (const { backend } of backends) this.#meet(memory, backend.id, backend.bootId);
    const loads = new Map(
      backends.flatMap(({ backend, status }) =>
        status === undefined ? [] : [[backend.bootId, status.load] as const],
      ),
    );
    memory.rates = new Map(
      [...loads].flatMap(([bootId, load]) => {
        const rates = ratesBetween(memory.loads.get(bootId), load);
        return rates === undefined ? [] : [[bootId, rates] as const];
      }),
    );
    memory.loads = loads;
    memory.looks++;
    memory.history.add({
      elapsedMs: Math.round(clock.nowMs() - memory.beganMs),
      phase: presentPhase(context.storedInfo(), driver).phase,
      tick: ticker?.tick ?? Number.NaN,
      ticksPerSecond: ticker?.achievedTicksPerSecond ?? Number.NaN,
      ids: backends.map(({ backend }) => backend.id),
      values: packValues(
        backends.map((tracked) => valuesOf(tracked, ticker?.maxTick ?? 0, memory.rates)),
      ),
    });
  }

  #meet({ processes }: Memory, id: string, bootId: string): void {
    const known = processes.get(id);
    if (known?.bootId === bootId) return;
    processes.set(id, { bootId, restarts: known === undefined ? 0 : known.restarts + 1 });
  }
}

function valuesOf(
  { backend, status }: TrackedBackend,
  maxTick: number,
  rates: ReadonlyMap<string, Rates>,
): BackendValues {
  const known = rates.get(backend.bootId);
  // What was not told since the last look is not known now.
  if (known === undefined || status?.colony === undefined) return {};
  const { ticksPerSecond, waiting, processors } = known;
  const { memoryBytes } = status.load;
  return { ticksPerSecond, ...waiting, processors, memoryBytes, lag: maxTick - status.colony.tick };
}
