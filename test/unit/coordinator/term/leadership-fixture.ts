import { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import type { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { type LeaderDuties, Leadership } from '../../../../services/coordinator/term/leadership.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { SELF } from '../fixtures.ts';

export const BEAT_MS = 2_000;
export const LEASE_MS = 8_000;
export const POLL_MS = 250;

/** A store that fails or hangs as told, and knows when beats came. */
class TestStore extends MemoryRecords {
  readonly beatsMs: number[] = [];
  trouble: 'none' | 'fails' | 'hangs' = 'none';
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    super();
    this.#clock = clock;
  }

  override async read() {
    await this.#mayFail();
    return super.read();
  }

  override async beat(...args: Parameters<MemoryRecords['beat']>) {
    this.beatsMs.push(this.#clock.nowMs());
    await this.#mayFail();
    return super.beat(...args);
  }

  async #mayFail(): Promise<void> {
    if (this.trouble === 'fails') throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    if (this.trouble === 'hangs') await new Promise(() => undefined);
  }
}

/** Work that does nothing but remember. */
class TestDuties implements LeaderDuties {
  terms: LeaderTerm[] = [];
  recordChanges = 0;
  reserved: ReturnType<LeaderDuties['reservation']>;

  async run(term: LeaderTerm): Promise<void> {
    this.terms.push(term);
    if (term.signal.aborted) return;
    await new Promise<void>((resolve) => {
      term.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  recordChanged(): void {
    this.recordChanges++;
  }

  reservation() {
    return this.reserved;
  }
}

/** A store, a clock, and candidates for the lead over it. */
export function leadershipRig() {
  const clock = new VirtualClock();
  const store = new TestStore(clock);
  const stops: AbortController[] = [];

  const candidate = (self = SELF, recordPollMs = POLL_MS) => {
    const log = new MemoryLog();
    const context = new CoordinatorContext(log);
    const leadership = new Leadership({
      store,
      context,
      clock,
      log,
      self,
      beatIntervalMs: BEAT_MS,
      leaseMs: LEASE_MS,
      recordPollMs,
    });
    const duties = new TestDuties();
    const stop = new AbortController();
    stops.push(stop);
    void leadership.run(duties, stop.signal);
    return { leadership, context, duties, stop, log };
  };

  /** Stops all candidates. */
  const end = async () => {
    for (const stop of stops) stop.abort();
    await clock.advance(60_000);
  };
  return { clock, store, candidate, end };
}
