import {
  cancelledBy,
  isWorldEvent,
  type LoggedEvent,
} from '../../../services/protocol/colony/colony-event.ts';
import {
  DIGEST_EVERY_TICKS,
  STATISTICS_EVERY_TICKS,
  SURVEY_EVERY_TICKS,
} from '../../../services/protocol/colony/sampling.ts';
import { toSurveyColumns } from '../../../services/protocol/series/survey-rows.ts';
import type { Row } from '../../../services/protocol/series/table.ts';
import { type CellBlock, createCellBlock } from '../../../services/world/cells/cell-block.ts';
import type { InjectedEvent } from '../../../services/world/events/events.ts';
import type { StateOrigin } from '../../../services/world/events/origin.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { EMPTY_SURVEY, mergeSurveys, surveyOf } from '../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../services/world/measuring/survey-row.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';

/** A state of a world, with which another one can begin. */
interface State {
  readonly origin: StateOrigin;
  readonly cells: CellBlock;
}

/** How often a state is kept; what happened is counted anew there. */
const KEEP_EVERY_TICKS = 2 * STATISTICS_EVERY_TICKS;

/** What a world came to, as far as it was taken. */
class Course {
  readonly spec: WorldSpec;
  readonly #digests = new Map<number, string>();
  readonly #rows = new Map<string, Row>();
  readonly #kept: State[] = [];
  /** From which it branched off, at its first tick. */
  readonly #past: Course | undefined;
  readonly #firstTick: number;
  #world: SingleWorld;

  /**
   * @param past it branches off from this one, in the newest state that was kept there up to a tick.
   * @default it begins with genesis
   */
  constructor(spec: WorldSpec, past?: { course: Course; throughTick: number }) {
    this.spec = spec;
    this.#past = past?.course;
    const state = past?.course.stateUpTo(past.throughTick);
    this.#world = state === undefined ? new SingleWorld(spec) : worldFrom(spec, state);
    this.#firstTick = this.#world.tick;
  }

  /** From here on with these events, as far as they are still to come. */
  meet(events: readonly InjectedEvent[]): void {
    const before = this.#world;
    const cells = before.blocks[0] as CellBlock;
    this.#world = worldFrom(this.spec, { origin: before.originHere(), cells }, events);
  }

  digestAt(tick: number): string | undefined {
    if (this.#past !== undefined && tick < this.#firstTick) return this.#past.digestAt(tick);
    this.#advanceTo(tick);
    if (this.#world.tick === tick) return this.#digest();
    return this.#digests.get(tick);
  }

  row(table: string, tick: number): Row | undefined {
    if (this.#past !== undefined && tick <= this.#firstTick) return this.#past.row(table, tick);
    this.#advanceTo(tick);
    return this.#rows.get(`${table} ${tick}`);
  }

  stateUpTo(tick: number): State | undefined {
    this.#advanceTo(tick);
    return this.#kept.findLast(({ origin }) => origin.tick <= tick);
  }

  #advanceTo(tick: number): void {
    while (this.#world.tick < tick) {
      this.#measure();
      this.#world.step();
    }
    // Events of this tick may still come: it is measured, and not taken further.
    this.#measure();
  }

  #keep(): void {
    const block = this.#world.blocks[0] as CellBlock;
    const cells = createCellBlock(block);
    copyFields(block, cells);
    this.#kept.push({ origin: this.#world.originHere(), cells });
  }

  #digest(): string {
    return formatDigest(this.#world.digest());
  }

  #measure(): void {
    const world = this.#world;
    const { tick } = world;
    if (tick % STATISTICS_EVERY_TICKS !== 0 || this.#rows.has(`statistics ${tick}`)) return;
    const statistics = world.statistics();
    this.#rows.set(`statistics ${tick}`, { tick, ...statistics, ...world.takeChanges() });
    if (tick % DIGEST_EVERY_TICKS === 0) this.#digests.set(tick, this.#digest());
    if (tick % KEEP_EVERY_TICKS === 0 && this.#past === undefined) this.#keep();
    if (tick % SURVEY_EVERY_TICKS !== 0) return;
    const survey = world.blocks.reduce(
      (sum, block) => mergeSurveys(sum, surveyOf(block, tick)),
      EMPTY_SURVEY,
    );
    this.#rows.set(`surveys ${tick}`, toSurveyColumns(surveyRow(tick, survey), statistics));
  }
}

const worldFrom = (
  spec: WorldSpec,
  { origin, cells }: State,
  events: readonly InjectedEvent[] = [],
) =>
  new SingleWorld(spec, { events, start: { origin, cells: (block) => copyFields(cells, block) } });

/** All numbers of a block; both have the same extent. */
function copyFields(from: CellBlock, to: CellBlock): void {
  for (const [name, values] of Object.entries(from)) {
    if (!ArrayBuffer.isView(values)) continue;
    (to[name as keyof CellBlock] as unknown as Uint8Array).set(values as Uint8Array);
  }
}

/** Of worlds without injected events, which many runs share. */
const shared = new Map<string, Course>();

function sharedCourse(spec: WorldSpec): Course {
  const key = JSON.stringify(spec);
  const course = shared.get(key) ?? new Course(spec);
  shared.set(key, course);
  return course;
}

/** The world of one instance in one process, to which nothing happens but its events. */
export class Undisturbed {
  readonly spec: WorldSpec;
  readonly #entries: LoggedEvent[] = [];
  /** Of its own, once an event has come. */
  #own: Course | undefined;
  #met = 0;

  constructor(spec: WorldSpec) {
    this.spec = spec;
  }

  /** The tick up to which it was compared with what is stored: no event may come below it any more. */
  get comparedTick(): number {
    return this.#comparedTick;
  }
  #comparedTick = 0;

  /** One more entry of the event log. */
  add(entry: LoggedEvent): void {
    this.#entries.push(entry);
  }

  /** undefined if it is not known any more: the tick has no digest of its own and lies behind. */
  digestAt(tick: number): string | undefined {
    this.#comparedTick = Math.max(this.#comparedTick, tick);
    return this.#course(tick).digestAt(tick);
  }

  /** The row of a table, undefined if there is none at this tick. */
  row(table: string, tick: number): Row | undefined {
    this.#comparedTick = Math.max(this.#comparedTick, tick);
    return this.#course(tick).row(table, tick);
  }

  #course(tick: number): Course {
    if (this.#own === undefined && !this.#events().some((event) => event.tick <= tick)) {
      return sharedCourse(this.spec);
    }
    this.#own ??= this.#branch();
    if (this.#met !== this.#entries.length) {
      this.#met = this.#entries.length;
      this.#own.meet(this.#events());
    }
    return this.#own;
  }

  /** Until its first event it is as a world without any. */
  #branch(): Course {
    const throughTick = Math.min(...this.#events().map(({ tick }) => tick));
    return new Course(this.spec, { course: sharedCourse(this.spec), throughTick });
  }

  #events(): InjectedEvent[] {
    const cancelled = cancelledBy(this.#entries);
    return this.#entries
      .filter(isWorldEvent)
      .filter(({ sequence }) => !cancelled.includes(sequence));
  }
}
