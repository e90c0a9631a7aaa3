import { chanceOf256, chanceOf65536 } from '../world/arithmetic/randomness.ts';
import type { Rules } from '../world/spec/rules.ts';
import type { KernelMemory } from './kernel-memory.ts';
import * as layout from './memory-layout.ts';

/**
 * Allocates the working memory of one thread, for blocks of at most so many cells a row and so many
 * rows: a chain of scratches, one for each tick of a sweep. The caller calls `fillScratch` next.
 *
 * @returns the address of the first scratch.
 */
export function layMemoryScratch(memory: KernelMemory, stride: number, rows: number): number {
  const table = memory.allocate(layout.COMPRESS_TABLE_BYTES);
  let next = 0;
  for (let wave = 0; wave < layout.WAVES_MAX; wave++) {
    next = layWave(memory, stride, rows, { table, next });
  }
  return next;
}

/** @returns the address of the scratch. */
function layWave(
  memory: KernelMemory,
  stride: number,
  rows: number,
  { table, next }: { table: number; next: number },
): number {
  const ring = (layout.RING_ROWS + 1) * (stride + layout.VECTOR_CELLS);
  // The claims and the kills of a row, u16 each.
  const events = layout.EVENT_ROWS * 2 * (2 * stride + layout.EVENT_SLACK_BYTES);
  const parts: [word: number, bytes: number][] = [
    [layout.COLUMN_KEYS, 4 * stride],
    [layout.ROW_KEYS, 4 * rows],
    [layout.COLUMN_VECTORS, (stride / layout.VECTOR_CELLS) * layout.COLUMN_VECTOR_BYTES],
    [layout.ACTION_RING, ring],
    [layout.RANK_RING, ring],
    [layout.KIN_RING, ring],
    [layout.INTENT_RING, ring],
    [layout.GRANT_RING, ring],
    [layout.EVENTS, events],
  ];
  let bytes = layout.SCRATCH_RECORD_BYTES;
  const offsets = parts.map(([word, partBytes]) => {
    const offset = Math.ceil(bytes / layout.GUARD_BYTES) * layout.GUARD_BYTES;
    bytes = offset + partBytes + layout.GUARD_BYTES;
    return [word, offset] as const;
  });
  const address = memory.allocate(bytes);
  const record = new DataView(memory.buffer, address, layout.SCRATCH_RECORD_BYTES);
  for (const [word, offset] of offsets) record.setUint32(word, address + offset, true);
  record.setUint32(layout.COMPRESS_TABLE, table, true);
  record.setUint32(layout.NEXT_SCRATCH, next, true);
  return address;
}

/** Writes the rules as the kernel reads them: chances as shares of the draws' range. */
export function writeRules(words: Uint32Array, rules: Rules): void {
  words[0] = rules.healthCostPerSizeUnit;
  words[1] = rules.eatCapacityPerSizeUnit;
  words[2] = rules.healthCostIfCanKill;
  words[3] = rules.healthCostIfCanMove;
  words[4] = chanceOf65536(rules.mutationChance);
  words[5] = chanceOf65536(rules.randomDeathChance);
  words[6] = rules.breedPerSize;
  words[7] = rules.breedBase;
  words[8] = chanceOf256(rules.killChance);
  words[9] = rules.killGain;
  words[10] = rules.maxFood;
  words[11] = rules.maxHealth;
  words[12] = rules.maxSize;
  words[13] = rules.colourShift;
}
