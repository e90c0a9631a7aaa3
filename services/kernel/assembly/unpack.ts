import {
  PACKER_BIRTH,
  PACKER_BYTES,
  PACKER_CELLS,
  PACKER_COLOUR,
  PACKER_FOOD,
  PACKER_HEALTH,
  PACKER_LINEAGE,
  PACKER_SIZE,
  PACKER_TRAITS,
} from '../memory-layout';

// @ts-ignore: decorator
@inline
function at(record: usize, word: usize): usize {
  return <usize>load<u32>(record + word);
}

function unpackFood(bytes: usize, cells: usize, food: usize): void {
  for (let cell: usize = 0; cell < cells; cell += 16) {
    const lower = v128.load(bytes + cell);
    const upper = v128.load(bytes + cells + cell);
    const target = food + (cell << 1);
    v128.store(target, i8x16.shuffle(lower, upper, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(
      target,
      i8x16.shuffle(lower, upper, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
      16,
    );
  }
}

/** No creature anywhere. */
function clearCreatures(record: usize, cells: usize): void {
  memory.fill(at(record, PACKER_SIZE), 0, cells);
  memory.fill(at(record, PACKER_TRAITS), 0, cells);
  memory.fill(at(record, PACKER_HEALTH), 0, cells << 1);
  memory.fill(at(record, PACKER_BIRTH), 0, cells << 1);
  memory.fill(at(record, PACKER_COLOUR), 0, cells << 2);
  memory.fill(at(record, PACKER_LINEAGE), 0, cells << 2);
}

/**
 * Unpacks the bytes of a packer into its cells: `unpackCells` of services/world/cells/packed-cells.ts. The
 * caller has asserted that the bytes are right.
 */
export function unpack(record: usize, population: usize): void {
  const cells = at(record, PACKER_CELLS);
  const bytes = at(record, PACKER_BYTES);
  unpackFood(bytes, cells, at(record, PACKER_FOOD));
  clearCreatures(record, cells);
  const size = at(record, PACKER_SIZE);
  const traits = at(record, PACKER_TRAITS);
  const health = at(record, PACKER_HEALTH);
  const birth = at(record, PACKER_BIRTH);
  const colour = at(record, PACKER_COLOUR);
  const lineage = at(record, PACKER_LINEAGE);
  const groups = (cells + 7) >> 3;
  const lives = bytes + 2 * cells;
  const own = lives + groups;
  const birthPlane = own + 2 * population;
  const isOther = own + 4 * population;
  let kind = isOther + ((population + 7) >> 3) - 8;
  let creature: usize = 0;
  for (let group: usize = 0; group < groups; group++) {
    for (let mask = <u32>load<u8>(lives + group); mask !== 0; mask &= mask - 1) {
      const cell = (group << 3) + <usize>ctz(mask);
      const isNext = (<usize>load<u8>(isOther + (creature >> 3)) >> (creature & 7)) & 1;
      kind += isNext << 3;
      const look = load<u32>(kind);
      const body = load<u32>(kind, 4);
      const ofHealth = own + creature;
      const ofBirth = birthPlane + creature;
      store<u16>(health + (cell << 1), <u16>load<u8>(ofHealth) | (<u16>load<u8>(ofHealth + population) << 8));
      store<u16>(birth + (cell << 1), <u16>load<u8>(ofBirth) | (<u16>load<u8>(ofBirth + population) << 8));
      store<u32>(colour + (cell << 2), look & 0xffffff);
      store<u32>(lineage + (cell << 2), body & 0xffffff);
      store<u8>(traits + cell, look >> 24);
      store<u8>(size + cell, body >> 24);
      creature++;
    }
  }
}
