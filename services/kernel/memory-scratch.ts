import { chanceOf256, chanceOf65536 } from '../world/randomness.ts';
import type { Rules } from '../world/rules.ts';
import type { KernelMemory } from './kernel-memory.ts';
import * as layout from './memory-layout.ts';

/**
 * Lays the working memory of one thread, for blocks of up to so many cells a row and rows. The
 * kernel's `fillScratch` has yet to be called.
 *
 * @returns its address.
 */
export function layMemoryScratch(memory: KernelMemory, stride: number, rows: number): number {
  const ring = (layout.RING_ROWS + 1) * (stride + layout.VECTOR_CELLS);
  // A row's claims and its kills, u16 each.
  const events = layout.EVENT_ROWS * 2 * (2 * stride + layout.EVENT_SLACK_BYTES);
  const parts: [word: number, bytes: number][] = [
    [layout.COMPRESS_TABLE, layout.COMPRESS_TABLE_BYTES],
    [layout.COLUMN_KEYS, 4 * stride],
    [layout.ROW_KEYS, 4 * rows],
    [layout.COLUMN_KEYS_LOW, 2 * stride],
    [layout.COLUMN_KEYS_HIGH, 2 * stride],
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
  return address;
}

/** Writes the rules as the kernel wants them: chances as shares of the draws. */
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
