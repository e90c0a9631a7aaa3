import { Backoff } from '../../platform/runtime/backoff.ts';
import type { RecoveryReason } from '../metrics/coordinator-metrics.ts';
import { ColonyScope } from '../term/colony-scope.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import type { LeaderDuties } from '../term/leadership.ts';
import type { DrivenColony, DrivenColonySource } from '../ticking/driven-colony.ts';
import { ColonyTrace } from './colony-trace.ts';
import { DriverEffects, type DriverEffectsOptions } from './driver-effects.ts';
import {
  type Activity,
  type DriverEffect,
  type DriverEvent,
  type DriverState,
  INITIAL_STATE,
} from './driver-state.ts';
import { next } from './next.ts';

const RETRY = { firstMs: 500, mostMs: 5_000 };

/**
 * The leader at work: looks at the record and does what its status asks for, until the record asks
 * for something else or the term is over. A next leader takes up exactly what it finds: this one holds
 * nothing that the record does not hold, but what it shows to people, and how far a colony had come
 * beyond its last digest, which only decides the pace of a replay.
 *
 * What it does next is decided by the pure function of next.ts; this shell has the effects carried
 * out, and feeds back what came of them.
 */
export class Driver implements LeaderDuties, DrivenColonySource {
  readonly #options: DriverEffectsOptions;
  readonly #backoff: Backoff;
  #state: DriverState = INITIAL_STATE;
  #effects: DriverEffects | undefined;
  #recoveringSinceMs: number | undefined;
  readonly #trace: ColonyTrace;

  constructor(options: DriverEffectsOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options, RETRY);
    this.#trace = new ColonyTrace(options);
  }

  /** What it is doing; phase.ts shows it to people. */
  get state(): DriverState {
    return this.#state;
  }

  /** When the shards of the colony began to be given to others, at the last time in this lead. */
  get recoveringSinceMs(): number | undefined {
    return this.#recoveringSinceMs;
  }

  /** While a colony is driven: its spec, ticker and events, what was granted, what writes need. */
  get driving(): DrivenColony | undefined {
    return this.#effects?.driving;
  }

  recordChanged(): void {
    this.#effects?.recordChanged();
  }

  reservation(): ReturnType<LeaderDuties['reservation']> {
    const driving = this.driving;
    if (driving === undefined) return undefined;
    const record = this.#options.context.storedInfo();
    const { horizon, urgent } = driving.grants.reservation(record, driving.ticker.progress);
    return {
      generation: driving.scope.generation,
      horizon,
      tick: driving.ticker.tick,
      urgent: urgent && horizon > record.horizon,
    };
  }

  async run(term: LeaderTerm): Promise<void> {
    const { context } = this.#options;
    while (term.mayAct) await this.#runScope(new ColonyScope(term, () => context.storedInfo()));
    this.#dispatch({ kind: 'ended' });
    this.#trace.end(new Error('the lead is over'));
  }

  /** Until the scope has ended, or something has failed: then the record says what to do next. */
  async #runScope(scope: ColonyScope): Promise<void> {
    const { log, clock } = this.#options;
    const beganMs = clock.nowMs();
    /** Takes an event, and carries out all that follows from it. */
    const take = async (event: DriverEvent) => {
      const open = this.#dispatch(event);
      for (let effect = open.shift(); effect !== undefined; effect = open.shift()) {
        open.push(...this.#dispatch(await effects.carryOut(effect)));
      }
    };
    const effects: DriverEffects = new DriverEffects(this.#options, scope, take, this.#trace);
    this.#effects = effects;
    try {
      const { status, generation } = scope.record;
      await take({ kind: 'begun', status, generation });
    } catch (error) {
      // That a scope ends is normal; anything else is tried again. A change of the record ends the pause.
      if (scope.isActive) {
        if (clock.nowMs() - beganMs > RETRY.mostMs) this.#backoff.reset();
        log.error({ err: error }, 'the work of the leader failed; trying again');
        await this.#backoff.pause(scope.signal);
      }
    } finally {
      effects.close();
      this.#effects = undefined;
    }
  }

  /** What was wrong with the colony that was driven. */
  #forget(): void {
    this.#recoveringSinceMs = undefined;
    this.#options.troubles?.only([]);
  }

  #dispatch(event: DriverEvent): DriverEffect[] {
    const { state, effects } = next(this.#state, event);
    if (isPlacing(state) && !isPlacing(this.#state)) {
      this.#recoveringSinceMs = this.#options.clock.nowMs();
      const name = state.phase === 'Moving' ? 'colony move' : 'colony recovery';
      this.#trace.begin(name, { cause: state.loaded.cause ?? '' });
    }
    if (state.phase === 'Releasing') {
      this.#trace.end(new Error('no colony is there any more'));
      this.#forget();
    }
    // Another leads now, and tells of it.
    if (event.kind === 'ended') this.#forget();
    this.#state = state;
    const reason = recoveryReason(event, effects);
    if (reason !== undefined) this.#options.count?.('colony_recoveries_total', { reason });
    return effects;
  }
}

type Placing = DriverState & Extract<Activity, { phase: 'Recovering' | 'Moving' }>;
const isPlacing = (state: DriverState): state is Placing =>
  state.phase === 'Recovering' || state.phase === 'Moving';

/** Why the shards go to other backends, if that is what follows from an event. */
function recoveryReason(
  { kind }: DriverEvent,
  effects: readonly DriverEffect[],
): RecoveryReason | undefined {
  if (!effects.some((effect) => effect.kind === 'recover')) return undefined;
  if (kind === 'stoodStill') return 'moved';
  return kind === 'backendLost' ? 'backend_lost' : 'not_held';
}
