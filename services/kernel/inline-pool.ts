import type { CellBlock } from '../world/cells/cell-block.ts';
import { applyEvent } from '../world/events/apply-event.ts';
import type { Conditions } from '../world/events/events.ts';
import { restoreTerrain } from '../world/events/restore-terrain.ts';
import type { Happening } from '../world/events/timeline.ts';
import { writeGenesis } from '../world/genesis/genesis.ts';
import {
  type Changes,
  EMPTY_CHANGES,
  mergeChanges,
  takeChanges,
} from '../world/measuring/changes.ts';
import { addDigests } from '../world/measuring/digest.ts';
import {
  EMPTY_STATISTICS,
  mergeStatistics,
  type Statistics,
} from '../world/measuring/statistics.ts';
import { EMPTY_SURVEY, mergeSurveys, surveyOf } from '../world/measuring/survey.ts';
import type { Engine } from './engine.ts';
import type { Measurement, PoolPlan, Step, WorkerPool, WorkerPoolOptions } from './worker-pool.ts';

/** Works in the calling thread, one block at a time, and yields to other work after each. */
export class InlinePool implements WorkerPool {
  readonly #engine: Engine;
  readonly #plan: PoolPlan;
  readonly #options: WorkerPoolOptions;
  /** By turn. */
  readonly #fill: readonly (() => void)[];
  readonly #pack: readonly (() => void)[];
  #blocksDone = 0;

  constructor(engine: Engine, plan: PoolPlan, options: WorkerPoolOptions) {
    this.#engine = engine;
    this.#plan = plan;
    this.#options = options;
    const turns = plan.turns ?? [];
    this.#fill = turns.map(({ fills }) => engine.prepareCopies(fills));
    this.#pack = turns.map(({ packs }) => engine.prepareCopies(packs));
  }

  get blocksDone(): number {
    return this.#blocksDone;
  }

  writeGenesis(): Promise<boolean> {
    return this.#each((block) => writeGenesis(block, this.#plan.spec));
  }

  restoreTerrain(conditions: Conditions): Promise<boolean> {
    return this.#each((block) => restoreTerrain(block, this.#plan.spec.seed, conditions));
  }

  async fillMargins(turn: number): Promise<boolean> {
    this.#fill[turn]?.();
    return true;
  }

  async packParcels(turn: number): Promise<boolean> {
    this.#pack[turn]?.();
    return true;
  }

  apply({ event, conditions }: Happening, tick: number): Promise<boolean> {
    const { seed } = this.#plan.spec;
    return this.#each((block) => applyEvent(block, event, conditions, seed, tick));
  }

  step({ tick, ticks = 1, rules, onAwaited, fillTurn, packTurn }: Step): Promise<boolean> {
    const { spec, awaited = 0 } = this.#plan;
    if (fillTurn !== undefined) this.#fill[fillTurn]?.();
    return this.#each((block, index) => {
      this.#engine.tick(block, rules, spec.seed, tick, ticks);
      if (index !== awaited - 1) return;
      if (packTurn !== undefined) this.#pack[packTurn]?.();
      onAwaited?.();
    });
  }

  async measure(tick: number, withDigest: boolean): Promise<Measurement | undefined> {
    let statistics: Statistics = EMPTY_STATISTICS;
    let changes: Changes = EMPTY_CHANGES;
    let digest = 0n;
    const isWhole = await this.#each((block) => {
      statistics = mergeStatistics(statistics, this.#engine.statisticsOf(block, tick));
      changes = mergeChanges(changes, takeChanges(block));
      if (withDigest) digest = addDigests(digest, this.#engine.digestOf(block));
    });
    return isWhole ? { statistics, changes, ...(withDigest && { digest }) } : undefined;
  }

  async survey(tick: number) {
    let survey = EMPTY_SURVEY;
    const isWhole = await this.#each((block) => {
      survey = mergeSurveys(survey, surveyOf(block, tick));
    });
    return isWhole ? survey : undefined;
  }

  async close(): Promise<void> {}

  /** Returns false if it was aborted. */
  async #each(work: (block: CellBlock, index: number) => void): Promise<boolean> {
    const { signal, yieldToIo } = this.#options;
    this.#blocksDone = 0;
    for (const [index, block] of this.#plan.blocks.entries()) {
      if (signal.aborted) return false;
      work(block, index);
      this.#blocksDone++;
      await yieldToIo();
    }
    return !signal.aborted;
  }
}
