import { CAN_KILL, CAN_MOVE, type CellBlock } from '../cells/cell-block.ts';
import type { Rules } from '../spec/rules.ts';
import { type Layer, livingCost } from './layers.ts';

/**
 * What one cell contributes to the pixel of its square, as a number of 32 bits: 0 if it does not count,
 * else its value, plus 1 in the layers that show means. A blank cell counts for its food and its owner
 * only.
 */
export type CellSample = number;

/** Layers whose pixels show the most frequent value; those of all others show means. */
export const MODE_LAYERS: ReadonlySet<Layer> = new Set(['colour', 'lineage', 'owner'] as const);

/** What a layer shows, and of which state. */
export interface LayerView {
  layer: Layer;
  /** A pixel shows a square of 2^zoom × 2^zoom cells. */
  zoom: number;
  rules: Rules;
  /** The number of the state. */
  tick: number;
  /** What the layer `owner` shows, 1 to 255. */
  owner: number;
}

/**
 * Samples cells of a row: those with the indices from, from + step, …
 *
 * @param out where the samples are written, from its start.
 */
export function sampleCells(
  block: CellBlock,
  { layer, rules, tick, owner }: LayerView,
  { from, step, count }: { from: number; step: number; count: number },
  out: Uint32Array,
): void {
  const { food, extraFood, size, traits, health, birth, colour, lineage } = block;
  let cell = from;
  // Without branches on what is in a cell, which nothing can predict: 0 or all bits set where one lives.
  switch (layer) {
    case 'owner':
      out.fill(owner, 0, count);
      return;
    case 'food':
      for (let i = 0; i < count; i++, cell += step) out[i] = food[cell]! + 1;
      return;
    case 'extraFood':
      for (let i = 0; i < count; i++, cell += step) out[i] = extraFood[cell]! + 1;
      return;
    case 'colour':
      for (let i = 0; i < count; i++, cell += step) {
        out[i] = (colour[cell]! | 0xff000000) & (-size[cell]! >> 31);
      }
      return;
    case 'lineage':
      for (let i = 0; i < count; i++, cell += step) {
        out[i] = (lineage[cell]! | 0xff000000) & (-size[cell]! >> 31);
      }
      return;
    case 'size':
      for (let i = 0; i < count; i++, cell += step) {
        const s = size[cell]!;
        out[i] = s - (-s >> 31);
      }
      return;
    case 'health':
      for (let i = 0; i < count; i++, cell += step) {
        out[i] = (health[cell]! + 1) & (-size[cell]! >> 31);
      }
      return;
    case 'age':
      for (let i = 0; i < count; i++, cell += step) {
        const shown = Math.min(((tick - birth[cell]!) & 0xffff) + 1, 65535);
        out[i] = (shown + 1) & (-size[cell]! >> 31);
      }
      return;
    case 'canKill':
    case 'canMove': {
      const trait = layer === 'canKill' ? CAN_KILL : CAN_MOVE;
      for (let i = 0; i < count; i++, cell += step) {
        const has = -(traits[cell]! & trait) >>> 31;
        out[i] = (2 + has) & (-size[cell]! >> 31);
      }
      return;
    }
    case 'cost':
      for (let i = 0; i < count; i++, cell += step) {
        const s = size[cell]!;
        out[i] = ((livingCost(s, traits[cell]!, rules) & 0xffff) + 1) & (-s >> 31);
      }
  }
}

/**
 * The pixel of a square, of all its samples in any order: the mean of those that count, halves rounded
 * up, or the most frequent of them, of equally frequent ones the least. 0 if none counts.
 */
export function combineSamples(layer: Layer, samples: readonly CellSample[]): number {
  return MODE_LAYERS.has(layer) ? modeOf(samples) : meanOf(samples);
}

function meanOf(samples: readonly CellSample[]): number {
  let sum = 0;
  let count = 0;
  for (const sample of samples) {
    if (sample === 0) continue;
    sum += sample - 1;
    count++;
  }
  return count === 0 ? 0 : Math.floor((2 * sum + count) / (2 * count));
}

function modeOf(samples: readonly CellSample[]): number {
  let mode = 0;
  let most = 0;
  for (const sample of samples) {
    if (sample === 0) continue;
    let count = 0;
    for (const other of samples) if (other === sample) count++;
    if (count > most || (count === most && sample < mode)) {
      mode = sample;
      most = count;
    }
  }
  return mode;
}
