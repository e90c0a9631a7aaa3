import {
  PACKER_BIRTH,
  PACKER_CELLS,
  PACKER_COLOUR,
  PACKER_FOOD,
  PACKER_HEALTH,
  PACKER_HALF_TABLE,
  PACKER_LINEAGE,
  PACKER_BYTES,
  PACKER_SIZE,
  PACKER_TRAITS,
  PACKER_WORD_TABLE,
} from '../memory-layout';

/*
 * `packCells` of services/world/cells/packed-cells.ts. Whole vectors are stored: what is beyond the end of
 * a part is overwritten by the part behind it, which is written later.
 */

// @ts-ignore: decorator
@inline
function at(record: usize, word: usize): usize {
  return <usize>load<u32>(record + word);
}

/** Writes the constants of a packer. */
export function fillPacker(record: usize): void {
  // For each byte: the bytes of those u16 that have their bit set, lower ones, then upper ones.
  const halves = at(record, PACKER_HALF_TABLE);
  for (let mask: u32 = 0; mask < 256; mask++) {
    let entry = halves + (<usize>mask << 4);
    for (let lane: u32 = 0; lane < 8; lane++) {
      if (((mask >> lane) & 1) === 0) continue;
      store<u8>(entry, <u8>(2 * lane));
      store<u8>(entry, <u8>(2 * lane + 1), 8);
      entry++;
    }
  }
  // For each four bits: the bytes of those u32 that have their bit set.
  const words = at(record, PACKER_WORD_TABLE);
  for (let mask: u32 = 0; mask < 16; mask++) {
    let entry = words + (<usize>mask << 4);
    for (let lane: u32 = 0; lane < 4; lane++) {
      if (((mask >> lane) & 1) === 0) continue;
      store<u32>(entry, 0x03020100 + lane * 0x04040404);
      entry += 4;
    }
  }
}

/** Writes the lower, then the upper bytes of food. */
function packFood(food: usize, cells: usize, output: usize): void {
  for (let cell: usize = 0; cell < cells; cell += 16) {
    const first = v128.load(food + (cell << 1));
    const second = v128.load(food + (cell << 1), 16);
    const lower = i8x16.shuffle(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    v128.store(output + cell, lower);
  }
  for (let cell: usize = 0; cell < cells; cell += 16) {
    const first = v128.load(food + (cell << 1));
    const second = v128.load(food + (cell << 1), 16);
    const upper = i8x16.shuffle(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    v128.store(output + cells + cell, upper);
  }
}

/** @returns how many creatures there are. */
function packLives(size: usize, cells: usize, lives: usize): usize {
  const zero = i8x16.splat(0);
  let population: i32 = 0;
  for (let cell: usize = 0; cell < cells; cell += 16) {
    const mask = i8x16.bitmask(i8x16.ne(v128.load(size + cell), zero));
    store<u16>(lives + (cell >> 3), <u16>mask);
    population += popcnt(mask);
  }
  return population;
}

/** Writes the four planes of what creatures have for themselves, each of `population` bytes. */
function packOwn(record: usize, lives: usize, groups: usize, own: usize, population: usize): void {
  const table = at(record, PACKER_HALF_TABLE);
  let health = at(record, PACKER_HEALTH);
  let birth = at(record, PACKER_BIRTH);
  const birthPlane = own + 2 * population;
  let done: usize = 0;
  let group: usize = 0;
  // Eight bytes are stored at a time, which must not reach into the next plane.
  for (; group < groups && done + 8 <= population; group++) {
    const mask = <usize>load<u8>(lives + group);
    const lanes = v128.load(table + (mask << 4));
    const ofHealth = i8x16.swizzle(v128.load(health), lanes);
    const ofBirth = i8x16.swizzle(v128.load(birth), lanes);
    v128.store64_lane(own + done, ofHealth, 0);
    v128.store64_lane(own + done + population, ofHealth, 1);
    v128.store64_lane(birthPlane + done, ofBirth, 0);
    v128.store64_lane(birthPlane + done + population, ofBirth, 1);
    done += popcnt(mask);
    health += 16;
    birth += 16;
  }
  for (; done < population; group++) {
    for (let mask = <u32>load<u8>(lives + group); mask !== 0; mask &= mask - 1) {
      const offset = <usize>ctz(mask) << 1;
      store<u8>(own + done, load<u8>(health + offset));
      store<u8>(own + done + population, load<u8>(health + offset, 1));
      store<u8>(birthPlane + done, load<u8>(birth + offset));
      store<u8>(birthPlane + done + population, load<u8>(birth + offset, 1));
      done++;
    }
    health += 16;
    birth += 16;
  }
}

/** A word of a kind for each of four cells: 24 bits of one field, 8 of another. */
// @ts-ignore: decorator
@inline
function kindWords(words: usize, bytes: usize, lowerBits: v128): v128 {
  const upper = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes)));
  return v128.or(v128.and(v128.load(words), lowerBits), i32x4.shl(upper, 24));
}

/**
 * Makes the kinds of all creatures, one behind the other, out of the fields: their first words where colour
 * was, their second words where lineage was.
 */
function gatherKinds(record: usize, lives: usize, groups: usize): void {
  const table = at(record, PACKER_WORD_TABLE);
  const lowerBits = i32x4.splat(0xffffff);
  let size = at(record, PACKER_SIZE);
  let traits = at(record, PACKER_TRAITS);
  let colour = at(record, PACKER_COLOUR);
  let lineage = at(record, PACKER_LINEAGE);
  let looks = colour;
  let bodies = lineage;
  for (let quad: usize = 0; quad < 2 * groups; quad++) {
    const mask = (<usize>load<u8>(lives + (quad >> 1)) >> ((quad & 1) << 2)) & 15;
    const lanes = v128.load(table + (mask << 4));
    // Not behind what was read: there are no more creatures than cells.
    v128.store(looks, i8x16.swizzle(kindWords(colour, traits, lowerBits), lanes));
    v128.store(bodies, i8x16.swizzle(kindWords(lineage, size, lowerBits), lanes));
    const bytes = popcnt(mask) << 2;
    looks += bytes;
    bodies += bytes;
    colour += 16;
    lineage += 16;
    size += 4;
    traits += 4;
  }
}

/**
 * Writes which creatures are of another kind than the one before, and these kinds.
 *
 * @returns the end of the kinds.
 */
function packKinds(record: usize, population: usize, isOther: usize): usize {
  const table = at(record, PACKER_WORD_TABLE);
  const looks = at(record, PACKER_COLOUR);
  const bodies = at(record, PACKER_LINEAGE);
  // What is before the first creature is no kind.
  store<u32>(bodies - 4, 0);
  let kinds = isOther + ((population + 7) >> 3);
  for (let creature: usize = 0; creature < population; creature += 8) {
    let bits: u32 = 0;
    for (let half: usize = 0; half < 2; half++) {
      const first = creature + (half << 2);
      if (first >= population) break;
      const look = v128.load(looks + (first << 2));
      const body = v128.load(bodies + (first << 2));
      const differs = v128.or(
        i32x4.ne(look, v128.load(looks + (first << 2) - 4)),
        i32x4.ne(body, v128.load(bodies + (first << 2) - 4)),
      );
      let mask = <u32>i32x4.bitmask(differs);
      if (population - first < 4) mask &= (1 << <u32>(population - first)) - 1;
      const lanes = v128.load(table + (<usize>mask << 4));
      const otherLook = i8x16.swizzle(look, lanes);
      const otherBody = i8x16.swizzle(body, lanes);
      v128.store(kinds, i32x4.shuffle(otherLook, otherBody, 0, 4, 1, 5));
      v128.store(kinds, i32x4.shuffle(otherLook, otherBody, 2, 6, 3, 7), 16);
      kinds += <usize>popcnt(mask) << 3;
      bits |= mask << <u32>(half << 2);
    }
    store<u8>(isOther + (creature >> 3), bits);
  }
  return kinds;
}

/**
 * Packs the cells of a packer, which are lost by it.
 *
 * @returns how many bytes they are.
 */
export function pack(record: usize): u32 {
  const cells = at(record, PACKER_CELLS);
  const output = at(record, PACKER_BYTES);
  const groups = (cells + 7) >> 3;
  packFood(at(record, PACKER_FOOD), cells, output);
  const lives = output + 2 * cells;
  const population = packLives(at(record, PACKER_SIZE), cells, lives);
  const own = lives + groups;
  packOwn(record, lives, groups, own, population);
  gatherKinds(record, lives, groups);
  return <u32>(packKinds(record, population, own + 4 * population) - output);
}
