import { below, mix, SPREAD_N, SPREAD_X } from '../arithmetic/randomness.ts';
import { drawEvent, RANDOM_EVENT_KINDS, type RandomEventKind, type TimedEvent } from './events.ts';

const SCHEDULE_STREAM = 0x3c6ef372;

/** Ticks between two random events of a kind, or before the first: the least, and how many values. */
const INTERVALS: Readonly<Record<RandomEventKind, readonly [leastTicks: number, values: number]>> =
  {
    createCreature: [400, 100],
    extraFood: [1_000, 1_000],
    ruleChange: [2_000, 1_000],
    newTopography: [5_000, 3_000],
    extinction: [10_000, 40_000],
  };

/** From a random topography on, so many ticks have no other random events. */
const SILENT_TICKS = 2_000;

export interface RandomScheduleSpec {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
}

/** The next event of one kind. */
interface Due {
  readonly kind: RandomEventKind;
  readonly key: number;
  /** How many of its kind came before. */
  index: number;
  tick: number;
}

/** Where a schedule stands: a schedule that starts from it goes on as this one does. */
export interface ScheduleState {
  /** For each kind, in the order of RANDOM_EVENT_KINDS: how many came before, and the tick of the next. */
  readonly due: readonly { readonly index: number; readonly tick: number }[];
  /** Before this tick there are no other random events, after a random topography. */
  readonly silentUntil: number;
}

/**
 * The random events of a world, without end, in the order in which they apply.
 *
 * Kind i (its place in RANDOM_EVENT_KINDS) has key(i) = mix((seed ^ 0x3C6EF372) + i · SPREAD_X), its
 * event n the key mix(key(i) + n · SPREAD_X) and draws d(j) = mix(that + j · SPREAD_N): d(0) for
 * the ticks since the one before, the others for what it does. Which ticks have events is so a
 * function of the seed alone.
 */
export class RandomSchedule {
  readonly #spec: RandomScheduleSpec;
  readonly #streams: readonly Due[];
  #silentUntil: number;

  /** @param from where to go on. @default the first tick of the world */
  constructor(spec: RandomScheduleSpec, from?: ScheduleState) {
    this.#spec = spec;
    this.#silentUntil = from?.silentUntil ?? 0;
    this.#streams = RANDOM_EVENT_KINDS.map((kind, i): Due => {
      const key = mix(((spec.seed ^ SCHEDULE_STREAM) + Math.imul(i, SPREAD_X)) | 0);
      const { index, tick } = from?.due[i] ?? { index: 0, tick: intervalTicks(kind, key, 0) };
      return { kind, key, index, tick };
    });
  }

  get state(): ScheduleState {
    const due = this.#streams.map(({ index, tick }) => ({ index, tick }));
    return { due, silentUntil: this.#silentUntil };
  }

  next(): TimedEvent {
    for (;;) {
      const due = this.#streams.reduce((first, one) => (one.tick < first.tick ? one : first));
      const { kind, key, index, tick } = due;
      if (kind === 'newTopography') this.#silentUntil = tick + SILENT_TICKS;
      // One topography never falls into the silence after another.
      const isSilent =
        kind !== 'newTopography' && isSilenced(this.#streams, tick, this.#silentUntil);
      due.index++;
      due.tick += intervalTicks(kind, key, due.index);
      if (!isSilent) return { tick, event: drawEvent(kind, drawsOf(key, index), this.#spec) };
    }
  }
}

/** The random events of a world from tick 0 on; see `RandomSchedule`. */
export function* randomEvents(spec: RandomScheduleSpec): Generator<TimedEvent> {
  const schedule = new RandomSchedule(spec);
  for (;;) yield schedule.next();
}

/** Whether a topography came less than 2,000 ticks before, or comes in this very tick. */
const isSilenced = (streams: readonly Due[], tick: number, silentUntil: number): boolean =>
  tick < silentUntil || streams.some((one) => one.kind === 'newTopography' && one.tick === tick);

const drawsOf = (key: number, index: number): ((j: number) => number) => {
  const own = mix((key + Math.imul(index, SPREAD_X)) | 0);
  return (j) => mix((own + Math.imul(j, SPREAD_N)) | 0);
};

function intervalTicks(kind: RandomEventKind, key: number, index: number): number {
  const [leastTicks, values] = INTERVALS[kind];
  return leastTicks + below(values, drawsOf(key, index)(0));
}
