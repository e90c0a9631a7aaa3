import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import { SURVEY_EVERY_TICKS } from '../../../../world/measuring/survey-interval.ts';
import { isLive, resolveRange, type TickRange } from '../../state/range.ts';
import type { RangeChoice } from '../../state/url-codec.ts';
import { COUNTED } from '../data/counted.ts';
import { rowsOf, type StatisticsTable, type SurveyTable } from '../data/tables.ts';
import { joined, lastOnGrid, rowsAfter, withNewSurveys, withTail } from '../data/tail.ts';
import type { ChartsApi } from './charts-api.ts';
import { EventsKnown } from './events-known.ts';
import { GrowingPause } from './growing-pause.ts';

/** Rows of the whole life, for its overview. */
const OVERVIEW_POINTS = 300;
/** Surveys of the shown range: each has its histograms. */
const SURVEYS_MAX = 500;
/** Rows that are asked for at once to go on. */
const TAIL_POINTS = 10_000;
/** A live table that has grown to so many times of what was asked for is asked for anew. */
const GROWTH_MAX = 1.5;

/**
 * What the charts show: the shown range as fine as its charts are wide, the whole life in short, and events. It asks
 * for all of a range once, and then for what is new. What lacks rows it asks for whole again, after pauses that grow:
 * the store may hang for long, or have lost them for ever.
 */
export class ChartsStore {
  readonly statistics = signal<StatisticsTable | undefined>(undefined);
  readonly surveys = signal<SurveyTable | undefined>(undefined);
  readonly overview = signal<StatisticsTable | undefined>(undefined);
  /** Why the last look failed, in words; what was known before is still shown. */
  readonly failure = signal<string | undefined>(undefined);
  /** The shown range is asked for. */
  readonly isLoading = signal(true);
  /** The tick of the newest row. */
  readonly newestTick = computed(() => this.overview.value?.columns.tick.at(-1));
  readonly range: ReadonlySignal<TickRange>;
  readonly events: EventsKnown;
  readonly #api: ChartsApi;
  readonly #choice: ReadonlySignal<RangeChoice>;
  /** The newest rows as fine as there are, which the coarse tables go on with. */
  #fine: StatisticsTable | undefined;
  /** Of which range, how fine, and of which colony the tables are. */
  #loaded: string | undefined;
  /** Until what lacks rows is asked for again. */
  readonly #pause: GrowingPause;

  /** @param nowMs a clock that only goes forward */
  constructor(
    api: ChartsApi,
    choice: ReadonlySignal<RangeChoice>,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#api = api;
    this.#choice = choice;
    this.#pause = new GrowingPause(nowMs);
    this.events = new EventsKnown(api);
    this.range = computed(() => resolveRange(choice.value, this.newestTick.value ?? 0));
  }

  /**
   * Takes in what is new. It does not throw: see `failure`.
   *
   * @param colonyInstanceId of another colony nothing is kept
   * @param points how many rows of the shown range can be told apart
   */
  async refresh(colonyInstanceId: string | null, points: number): Promise<void> {
    const isAgain = this.#pause.isOver;
    try {
      await this.#followLife(colonyInstanceId, isAgain);
      // It began anew: the next look has all.
      if (this.overview.peek() === undefined) return;
      // As fine as the overview at least: both go on with the same newest rows.
      const looks = [
        this.#showRange(Math.max(points, OVERVIEW_POINTS), isAgain),
        this.events.follow(this.range.peek()),
      ];
      // One of them is shown without the other.
      for (const look of await Promise.allSettled(looks)) {
        if (look.status === 'rejected') throw look.reason;
      }
      this.failure.value = this.#incomplete?.detail;
    } catch (error) {
      this.failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      if (this.#incomplete === undefined) this.#pause.end();
      else if (isAgain) this.#pause.begin();
    }
  }

  /** Why what is shown lacks rows. */
  get #incomplete() {
    const tables = [this.overview.peek(), this.statistics.peek(), this.surveys.peek()];
    return tables.find((table) => table?.incomplete)?.incomplete;
  }

  /**
   * The overview, and the newest rows.
   *
   * @param isAgain an overview that lacks rows is asked for anew
   */
  async #followLife(colonyInstanceId: string | null, isAgain: boolean): Promise<void> {
    const known = this.overview.peek();
    const isOther = known !== undefined && known.colonyInstanceId !== colonyInstanceId;
    if (isOther) this.#forget();
    const isLacking = known?.incomplete !== undefined;
    if (
      known === undefined ||
      isOther ||
      (isLacking && isAgain) ||
      rowsOf(known) > GROWTH_MAX * OVERVIEW_POINTS
    ) {
      this.overview.value = await this.#api.statistics({
        from: 0,
        to: undefined,
        points: OVERVIEW_POINTS,
      });
      this.#fine = undefined;
    }
    await this.#takeNewest();
  }

  async #takeNewest(): Promise<void> {
    const overview = this.overview.peek();
    if (overview === undefined) return;
    const since = this.#fine?.columns.tick.at(-1) ?? lastOnGrid(overview) ?? -1;
    const newer = await this.#api.statistics({
      from: since + 1,
      to: undefined,
      points: TAIL_POINTS,
    });
    if (newer.colonyInstanceId !== overview.colonyInstanceId) return this.#forget();
    const fine = this.#fine === undefined ? newer : joined(this.#fine, newer);
    if (newer.everyTicks > (this.#fine ?? newer).everyTicks || rowsOf(fine) > 2 * TAIL_POINTS) {
      // It was away for so long that all is to be asked for anew.
      return this.#forget();
    }
    const went = withTail(overview, fine, COUNTED);
    this.#fine = rowsAfter(
      fine,
      Math.min(...this.#goingOn(went).map((at) => lastOnGrid(at) ?? -1)),
    );
    if (rowsOf(newer) > 0 || newer.incomplete !== undefined) this.overview.value = went;
  }

  #goingOn(overview: StatisticsTable): StatisticsTable[] {
    const shown = this.statistics.peek();
    return shown !== undefined && isLive(this.#choice.peek()) ? [overview, shown] : [overview];
  }

  async #showRange(points: number, isAgain: boolean): Promise<void> {
    const choice = this.#choice.peek();
    const instance = this.overview.peek()?.colonyInstanceId;
    const wanted = JSON.stringify([choice.from, choice.to, points, instance]);
    const [statistics, surveys] = [this.statistics.peek(), this.surveys.peek()];
    const isLacking = (statistics?.incomplete ?? surveys?.incomplete) !== undefined;
    const isToLoad = this.#loaded !== wanted || (isLacking && isAgain);
    const isKnown = !isToLoad && statistics !== undefined && surveys !== undefined;
    if (isKnown && !isLive(choice)) return;
    if (isKnown && rowsOf(statistics) <= GROWTH_MAX * points) {
      const went = this.#withNewest(statistics);
      const newSurveys = await this.#newSurveys(surveys);
      if (this.#choice.peek() !== choice) return;
      batch(() => {
        if (went !== statistics) this.statistics.value = went;
        if (newSurveys !== surveys) this.surveys.value = newSurveys;
      });
      return;
    }
    this.isLoading.value = this.#loaded !== wanted;
    await this.#load(choice, points);
    this.#loaded = wanted;
  }

  async #load(choice: RangeChoice, points: number): Promise<void> {
    const { from, to } = this.range.peek();
    const end = isLive(choice) ? undefined : to;
    const [statistics, surveys] = await Promise.allSettled([
      this.#api.statistics({ from, to: end, points }),
      this.#api.surveys({ from, to: end, points: Math.min(points, SURVEYS_MAX) }),
    ]);
    if (statistics.status === 'rejected') throw statistics.reason;
    // Another range was chosen meanwhile: its turn comes at once.
    if (this.#choice.peek() !== choice) return;
    batch(() => {
      this.statistics.value = isLive(choice)
        ? this.#withNewest(statistics.value)
        : statistics.value;
      // What there is, is shown, while it is said that the rest cannot be had.
      if (surveys.status === 'fulfilled') this.surveys.value = surveys.value;
      this.isLoading.value = false;
    });
    if (surveys.status === 'rejected') throw surveys.reason;
  }

  #withNewest(table: StatisticsTable): StatisticsTable {
    return this.#fine === undefined ? table : withTail(table, this.#fine, COUNTED);
  }

  async #newSurveys(surveys: SurveyTable): Promise<SurveyTable> {
    const last = surveys.surveys.at(-1)?.tick ?? -1;
    const newest = this.newestTick.peek() ?? 0;
    // Surveys come at multiples of a number of ticks: there is none yet.
    if (surveys.surveys.length > 0 && newest < last + SURVEY_EVERY_TICKS) return surveys;
    const asked = { from: last + 1, to: undefined, points: SURVEYS_MAX };
    return withNewSurveys(surveys, await this.#api.surveys(asked));
  }

  #forget(): void {
    batch(() => {
      this.overview.value = undefined;
      this.statistics.value = undefined;
      this.surveys.value = undefined;
      this.isLoading.value = true;
    });
    this.events.forget();
    this.#fine = undefined;
    this.#loaded = undefined;
  }
}
