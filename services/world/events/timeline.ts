import type { Rules } from '../spec/rules.ts';
import type { WorldSpec } from '../spec/spec.ts';
import {
  type Conditions,
  conditionsAfter,
  firstConditions,
  type InjectedEvent,
  type TimedEvent,
  type WorldEvent,
} from './events.ts';
import { firstTickOf, GENESIS, type Origin, type StateOrigin } from './origin.ts';
import { RandomSchedule, type ScheduleState } from './random-schedule.ts';

/** The injected events of a tick, in the order of their sequence. */
export type InjectedAt = (tick: number) => readonly WorldEvent[];

/** An event, and the conditions once it has happened: what `applyEvent` needs. */
export interface Happening {
  readonly event: WorldEvent;
  readonly conditions: Conditions;
}

/** Looks up injected events by tick, in whatever order they are given. */
export function injectedAt(events: readonly InjectedEvent[]): InjectedAt {
  const byTick = new Map<number, WorldEvent[]>();
  for (const { tick, event } of [...events].sort((a, b) => a.sequence - b.sequence)) {
    const there = byTick.get(tick);
    if (there === undefined) byTick.set(tick, [event]);
    else there.push(event);
  }
  return (tick) => byTick.get(tick) ?? [];
}

/** The events of a world tick by tick, from its origin on, and the conditions they bring about. */
export class Timeline {
  readonly #injectedAt: InjectedAt;
  readonly #hasRandom: boolean;
  readonly #schedule: RandomSchedule;
  /** Where the schedule stood before the next random event was drawn from it. */
  #scheduleState: ScheduleState;
  #nextRandom: TimedEvent | undefined;
  #conditions: Conditions;
  #tick: number;

  constructor(spec: WorldSpec, injected: InjectedAt = () => [], origin: Origin = GENESIS) {
    const isState = origin.kind === 'state';
    this.#injectedAt = injected;
    this.#tick = firstTickOf(origin);
    this.#conditions = isState ? origin.conditions : firstConditions(spec.rules);
    this.#hasRandom = spec.randomEvents;
    this.#schedule = new RandomSchedule(spec, isState ? origin.schedule : undefined);
    this.#scheduleState = this.#schedule.state;
    this.#drawRandom();
    const first = this.#nextRandom?.tick ?? this.#tick;
    if (first < this.#tick) {
      throw new Error(
        `an origin at tick ${this.#tick} whose next random event is of tick ${first}`,
      );
    }
  }

  /**
   * The present state as an origin; its cells are not part of it.
   *
   * @param eventSeq the injected events up to this sequence are known to the timeline.
   */
  originHere(eventSeq: number): StateOrigin {
    return {
      kind: 'state',
      tick: this.#tick,
      conditions: this.#conditions,
      schedule: this.#scheduleState,
      eventSeq,
    };
  }

  /** The rules in force after the events that have happened. */
  get rules(): Rules {
    return this.#conditions.rules;
  }

  /**
   * For how many ticks from the next one on the same conditions hold: that one may have events, the
   * others have none, as far as is known by now.
   *
   * @param most at least 1
   */
  ticksAlike(most: number): number {
    // Which random event comes behind that of the next tick is not known yet.
    if (this.#nextRandom?.tick === this.#tick) return 1;
    let ticks = 1;
    while (ticks < most && this.#isQuiet(this.#tick + ticks)) ticks++;
    return ticks;
  }

  /** Only up to the next random event. */
  #isQuiet(tick: number): boolean {
    return this.#nextRandom?.tick !== tick && this.#injectedAt(tick).length === 0;
  }

  /**
   * Lets the events of the next tick happen: random ones before injected ones, those by sequence.
   *
   * @param tick that of the origin at first, then one more each time; anything else is a bug.
   */
  happen(tick: number): readonly Happening[] {
    if (tick !== this.#tick) throw new Error(`events of tick ${tick} after ${this.#tick - 1}`);
    this.#tick++;
    const happenings: Happening[] = [];
    const happens = (event: WorldEvent) => {
      this.#conditions = conditionsAfter(this.#conditions, event);
      happenings.push({ event, conditions: this.#conditions });
    };
    while (this.#nextRandom?.tick === tick) {
      happens(this.#nextRandom.event);
      this.#drawRandom();
    }
    for (const event of this.#injectedAt(tick)) happens(event);
    return happenings;
  }

  #drawRandom(): void {
    if (!this.#hasRandom) return;
    this.#scheduleState = this.#schedule.state;
    this.#nextRandom = this.#schedule.next();
  }
}
