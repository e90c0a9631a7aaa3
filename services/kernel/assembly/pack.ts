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

/** Lanes for `i8x16.swizzle`: moves the bytes of four of 16 cells to the upper ends of words, else 0. */
// @ts-ignore: decorator
@inline
function uppermost(quad: i32): v128 {
  const lanes = i32x4.add(i32x4.splat(4 * quad), i32x4(0, 1, 2, 3));
  return v128.or(i32x4.splat(0x00ffffff), i32x4.shl(lanes, 24));
}

/** Stores a word of a kind for each of four cells that lives: 24 bits of one field, 8 of another. */
// @ts-ignore: decorator
@inline
function gatherWords(target: usize, words: v128, bytes: v128, upper: v128, lanes: v128): void {
  const lower = v128.and(words, i32x4.splat(0xffffff));
  v128.store(target, i8x16.swizzle(v128.or(lower, i8x16.swizzle(bytes, upper)), lanes));
}

/**
 * Makes the kinds of all creatures, one behind the other, out of the fields: their first words where colour
 * was, their second words where lineage was.
 */
function gatherKinds(record: usize, lives: usize, cells: usize): void {
  const table = at(record, PACKER_WORD_TABLE);
  const size = at(record, PACKER_SIZE);
  const traits = at(record, PACKER_TRAITS);
  const colour = at(record, PACKER_COLOUR);
  const lineage = at(record, PACKER_LINEAGE);
  const upper0 = uppermost(0);
  const upper1 = uppermost(1);
  const upper2 = uppermost(2);
  const upper3 = uppermost(3);
  // Bytes of words that are done; never more than those of the cells, so nothing is lost.
  let done: usize = 0;
  for (let cell: usize = 0; cell < cells; cell += 16) {
    const mask = <usize>load<u16>(lives + (cell >> 3));
    const traits16 = v128.load(traits + cell);
    const size16 = v128.load(size + cell);
    const looks = colour + (cell << 2);
    const bodies = lineage + (cell << 2);

    const lanes0 = v128.load(table + ((mask & 15) << 4));
    gatherWords(colour + done, v128.load(looks), traits16, upper0, lanes0);
    gatherWords(lineage + done, v128.load(bodies), size16, upper0, lanes0);
    done += popcnt(mask & 15) << 2;

    const lanes1 = v128.load(table + (mask & 0xf0));
    gatherWords(colour + done, v128.load(looks, 16), traits16, upper1, lanes1);
    gatherWords(lineage + done, v128.load(bodies, 16), size16, upper1, lanes1);
    done += popcnt(mask & 0xf0) << 2;

    const lanes2 = v128.load(table + ((mask >> 4) & 0xf0));
    gatherWords(colour + done, v128.load(looks, 32), traits16, upper2, lanes2);
    gatherWords(lineage + done, v128.load(bodies, 32), size16, upper2, lanes2);
    done += popcnt(mask & 0xf00) << 2;

    const lanes3 = v128.load(table + ((mask >> 8) & 0xf0));
    gatherWords(colour + done, v128.load(looks, 48), traits16, upper3, lanes3);
    gatherWords(lineage + done, v128.load(bodies, 48), size16, upper3, lanes3);
    done += popcnt(mask & 0xf000) << 2;
  }
}

/** Which of four creatures are of another kind than the one before, as bits. */
// @ts-ignore: decorator
@inline
function differing(look: v128, body: v128, looks: usize, bodies: usize): usize {
  const changed = v128.or(
    v128.xor(look, v128.load(looks - 4)),
    v128.xor(body, v128.load(bodies - 4)),
  );
  return i32x4.bitmask(i32x4.ne(changed, i32x4.splat(0)));
}

/** Stores those kinds of four creatures whose bit is set. */
// @ts-ignore: decorator
@inline
function storeKinds(target: usize, look: v128, body: v128, lanes: v128): void {
  const otherLook = i8x16.swizzle(look, lanes);
  const otherBody = i8x16.swizzle(body, lanes);
  v128.store(target, i32x4.shuffle(otherLook, otherBody, 0, 4, 1, 5));
  v128.store(target, i32x4.shuffle(otherLook, otherBody, 2, 6, 3, 7), 16);
}

/**
 * Writes which creatures are of another kind than the one before, and these kinds.
 *
 * @returns the end of the kinds.
 */
function packKinds(record: usize, population: usize, isOther: usize): usize {
  const table = at(record, PACKER_WORD_TABLE);
  let looks = at(record, PACKER_COLOUR);
  let bodies = at(record, PACKER_LINEAGE);
  // What is before the first creature is no kind.
  store<u32>(bodies - 4, 0);
  let kinds = isOther + ((population + 7) >> 3);
  for (let creature: usize = 0; creature < population; creature += 8) {
    const look0 = v128.load(looks);
    const body0 = v128.load(bodies);
    const look1 = v128.load(looks, 16);
    const body1 = v128.load(bodies, 16);
    let mask = differing(look0, body0, looks, bodies);
    mask |= differing(look1, body1, looks + 16, bodies + 16) << 4;
    // Behind the last creature there is anything.
    if (population - creature < 8) mask &= (1 << (population - creature)) - 1;
    store<u8>(isOther + (creature >> 3), <u8>mask);
    storeKinds(kinds, look0, body0, v128.load(table + ((mask & 15) << 4)));
    kinds += popcnt(mask & 15) << 3;
    storeKinds(kinds, look1, body1, v128.load(table + (mask & 0xf0)));
    kinds += popcnt(mask & 0xf0) << 3;
    looks += 32;
    bodies += 32;
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
  // Before anything is behind the bits of `lives`: it reads two bytes of them at a time.
  gatherKinds(record, lives, cells);
  packOwn(record, lives, groups, own, population);
  return <u32>(packKinds(record, population, own + 4 * population) - output);
}
