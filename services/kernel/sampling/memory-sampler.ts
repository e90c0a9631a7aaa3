import type { CellBlock } from '../../world/cells/cell-block.ts';
import type { Layer } from '../../world/measuring/layers.ts';
import { type LayerView, MODE_LAYERS } from '../../world/measuring/samples.ts';
import type {
  SampledRows,
  SquareRow,
  SquareSampler,
} from '../../world/measuring/square-sampler.ts';
import type { KernelExports } from '../kernel-exports.ts';
import type { KernelMemory } from '../kernel-memory.ts';
import * as layout from '../memory-layout.ts';

/** Rows of samples that a square has at the most. */
const ROWS_MAX = 4;
/** Words that the kernel may read or write behind the last. */
const SLACK_WORDS = 16;

/** How the kernel is told a layer. */
const CODES: Readonly<Record<Exclude<Layer, 'owner'>, number>> = {
  food: layout.SAMPLE_FOOD,
  extraFood: layout.SAMPLE_EXTRA_FOOD,
  size: layout.SAMPLE_SIZE,
  health: layout.SAMPLE_HEALTH,
  age: layout.SAMPLE_AGE,
  canKill: layout.SAMPLE_CAN_KILL,
  canMove: layout.SAMPLE_CAN_MOVE,
  cost: layout.SAMPLE_COST,
  colour: layout.SAMPLE_COLOUR,
  lineage: layout.SAMPLE_LINEAGE,
};

/** Samples the blocks of a kernel's memory by the kernel itself, on the calling thread. */
export class MemorySampler implements SquareSampler {
  readonly #kernel: KernelExports;
  readonly #addressOf: (block: CellBlock) => number;
  /** Addresses and views of the samples, and of the pixels behind them. */
  readonly #samples: number;
  readonly #sampleWords: Uint32Array;
  readonly #pixels: number;
  readonly #pixelWords: Uint32Array;

  /**
   * @param columns of the widest block.
   * @throws RangeError if there is no room for a few rows of samples.
   */
  constructor(
    kernel: KernelExports,
    memory: KernelMemory,
    { columns, addressOf }: { columns: number; addressOf: (block: CellBlock) => number },
  ) {
    this.#kernel = kernel;
    this.#addressOf = addressOf;
    const sampleWords = ROWS_MAX * columns + SLACK_WORDS;
    const pixelWords = columns + SLACK_WORDS;
    this.#samples = memory.allocate(4 * (sampleWords + pixelWords));
    this.#pixels = this.#samples + 4 * sampleWords;
    this.#sampleWords = new Uint32Array(memory.buffer, this.#samples, sampleWords);
    this.#pixelWords = new Uint32Array(memory.buffer, this.#pixels, pixelWords);
  }

  sample(block: CellBlock, view: LayerView, of: SampledRows): Uint32Array {
    const { layer, tick, owner, rules } = view;
    const { from, rows, rowCells, step, count } = of;
    const samples = this.#sampleWords.subarray(0, rows * count);
    if (layer === 'owner') return samples.fill(owner);
    const address = this.#addressOf(block);
    for (let row = 0; row < rows; row++) {
      this.#kernel.sampleCells(
        address,
        CODES[layer],
        from + row * rowCells,
        step,
        count,
        this.#samples + 4 * row * count,
        tick,
        rules.healthCostPerSizeUnit,
        rules.healthCostIfCanKill,
        rules.healthCostIfCanMove,
      );
    }
    return samples;
  }

  draw({ layer }: LayerView, { rows, columns, from, side, pixels }: SquareRow): Uint32Array {
    const { drawMeans, drawModes } = this.#kernel;
    const draw = MODE_LAYERS.has(layer) ? drawModes : drawMeans;
    draw(this.#samples + 4 * from, this.#pixels, rows, columns, side, pixels);
    return this.#pixelWords.subarray(0, pixels);
  }
}
