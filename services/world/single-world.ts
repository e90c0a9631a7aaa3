import { type CellBlock, createCellBlock } from './cells/cell-block.ts';
import { type CellCopy, copyCells } from './cells/cell-copy.ts';
import { haloPieces } from './cells/halo-pieces.ts';
import { applyEvent } from './events/apply-event.ts';
import type { InjectedEvent } from './events/events.ts';
import { type CellSource, firstTickOf, GENESIS, type StateOrigin } from './events/origin.ts';
import { injectedAt, Timeline } from './events/timeline.ts';
import { writeGenesis } from './genesis/genesis.ts';
import { type Changes, EMPTY_CHANGES, mergeChanges, takeChanges } from './measuring/changes.ts';
import { addDigests, digestOf } from './measuring/digest.ts';
import {
  EMPTY_STATISTICS,
  mergeStatistics,
  type Statistics,
  statisticsOf,
} from './measuring/statistics.ts';
import { EMPTY_SURVEY, mergeSurveys, type Survey, surveyOf } from './measuring/survey.ts';
import type { Rules } from './spec/rules.ts';
import type { WorldSpec } from './spec/spec.ts';
import { createTickScratch, RADIUS, type TickScratch, tickBlock } from './tick/tick.ts';

export interface SingleWorldOptions {
  /** Side of the shards in cells. @default the whole world in one piece */
  shardSize?: number;
  /** Ticks for which one exchange of margins suffices. @default 1 */
  ticksPerExchange?: number;
  /** In any order. @default none */
  events?: readonly InjectedEvent[];
  /** @default genesis */
  start?: { origin: StateOrigin; cells: CellSource };
}

/** A whole world in one process and one thread: what every distributed run must agree with. */
export class SingleWorld {
  readonly spec: WorldSpec;
  /** The shards, by row and then by column. */
  readonly blocks: readonly CellBlock[];
  readonly #ticksPerExchange: number;
  readonly #copies: readonly CellCopy[];
  readonly #scratch: TickScratch;
  readonly #timeline: Timeline;
  readonly #firstTick: number;
  readonly #eventSeq: number;
  #tick: number;

  /** @throws RangeError if the shards do not divide the world or an option is out of range. */
  constructor(spec: WorldSpec, options: SingleWorldOptions = {}) {
    const { shardSize, ticksPerExchange = 1, events = [], start } = options;
    if (!Number.isInteger(ticksPerExchange) || ticksPerExchange < 1) {
      throw new RangeError(`ticksPerExchange is ${ticksPerExchange}, expected 1 or more`);
    }
    this.spec = spec;
    const origin = start?.origin ?? GENESIS;
    this.#timeline = new Timeline(spec, injectedAt(events), origin);
    this.#firstTick = firstTickOf(origin);
    const known = origin.kind === 'state' ? origin.eventSeq : 0;
    this.#eventSeq = Math.max(known, ...events.map(({ sequence }) => sequence));
    this.#tick = this.#firstTick;
    this.#ticksPerExchange = ticksPerExchange;
    this.blocks = cut(spec, shardSize, RADIUS * ticksPerExchange);
    this.#copies = this.blocks.flatMap((target) =>
      this.blocks.flatMap((source) =>
        haloPieces(target, source).map((piece) => ({ ...piece, source, target })),
      ),
    );
    const { stride, rows } = this.blocks[0]!;
    this.#scratch = createTickScratch(stride * rows, Math.max(stride, rows));
    const fill = start?.cells ?? ((block: CellBlock) => writeGenesis(block, spec));
    for (const block of this.blocks) fill(block);
  }

  /** The number of the state the world is in. */
  get tick(): number {
    return this.#tick;
  }

  /** The rules in force. */
  get rules(): Rules {
    return this.#timeline.rules;
  }

  /** The present state as an origin, for a world that starts here; `blocks` has the cells. */
  originHere(): StateOrigin {
    return this.#timeline.originHere(this.#eventSeq);
  }

  /** Takes the world from state t to state t + 1. */
  step(): void {
    if ((this.#tick - this.#firstTick) % this.#ticksPerExchange === 0) this.#exchange();
    const { seed } = this.spec;
    for (const { event, conditions } of this.#timeline.happen(this.#tick)) {
      for (const block of this.blocks) applyEvent(block, event, conditions, seed, this.#tick);
    }
    const { rules } = this.#timeline;
    for (const block of this.blocks) {
      tickBlock(block, this.#scratch, rules, seed, this.#tick);
    }
    this.#tick++;
  }

  digest(): bigint {
    return this.blocks.reduce((sum, block) => addDigests(sum, digestOf(block)), 0n);
  }

  statistics(): Statistics {
    return this.blocks.reduce(
      (sum, block) => mergeStatistics(sum, statisticsOf(block, this.#tick)),
      EMPTY_STATISTICS,
    );
  }

  survey(): Survey {
    return this.blocks.reduce(
      (sum, block) => mergeSurveys(sum, surveyOf(block, this.#tick)),
      EMPTY_SURVEY,
    );
  }

  /** What happened since this was called last, or since the first state. */
  takeChanges(): Changes {
    return this.blocks.map(takeChanges).reduce(mergeChanges, EMPTY_CHANGES);
  }

  #exchange(): void {
    this.#copies.forEach(copyCells);
  }
}

function cut(spec: WorldSpec, shardSize: number | undefined, halo: number): CellBlock[] {
  const width = shardSize ?? spec.width;
  const height = shardSize ?? spec.height;
  if (!(width >= 1) || spec.width % width !== 0 || spec.height % height !== 0) {
    throw new RangeError(
      `shards of ${shardSize} do not divide a world of ${spec.width}x${spec.height}`,
    );
  }
  const blocks: CellBlock[] = [];
  for (let y = 0; y < spec.height; y += height) {
    for (let x = 0; x < spec.width; x += width) {
      blocks.push(
        createCellBlock({
          x,
          y,
          width,
          height,
          halo,
          worldWidth: spec.width,
          worldHeight: spec.height,
        }),
      );
    }
  }
  return blocks;
}
