/** How many creatures have each colour. Parts merge by `mergeColours`. */
export interface ColourCounts {
  /** Whether colours are told apart by the upper six bits of each channel only: the others are 0. */
  readonly isGrouped: boolean;
  /** 0xRRGGBB, ascending. */
  readonly colours: Uint32Array;
  /** At least 1 each. */
  readonly counts: Float64Array;
}

/** So many colours are told apart; of more there are groups, of which there are no more than this. */
export const COLOURS_MAX = 2 ** 18;

const GROUP_MASK = 0xfcfcfc;

export const NO_COLOURS: ColourCounts = Object.freeze({
  isGrouped: false,
  colours: new Uint32Array(0),
  counts: new Float64Array(0),
});

const FIRST_SLOTS = 1024;
/** 2^32 divided by the golden ratio: it spreads neighbouring colours over the table. */
const SPREAD = 0x9e3779b1;

/** Counts colours: a hash table with open addressing, never more than a quarter full. */
export class ColourCounter {
  /** Colour + 1; 0 is an empty slot. */
  #keys = new Uint32Array(FIRST_SLOTS);
  #counts = new Uint32Array(FIRST_SLOTS);
  #colours = 0;

  /** @param count at least 1; of a colour less than 2^32 together. */
  add(colour: number, count: number): void {
    const keys = this.#keys;
    const counts = this.#counts;
    // Mostly it is there, and where it is looked for first.
    const first = (Math.imul(colour + 1, SPREAD) >>> 8) & (keys.length - 1);
    if (keys[first] === colour + 1) counts[first] = counts[first]! + count;
    else this.#addElsewhere(colour, count);
  }

  #addElsewhere(colour: number, count: number): void {
    const keys = this.#keys;
    const slot = slotOf(keys, colour + 1);
    this.#counts[slot] = this.#counts[slot]! + count;
    if (keys[slot] !== 0) return;
    keys[slot] = colour + 1;
    this.#colours++;
    if (4 * this.#colours > keys.length) this.#grow();
  }

  /** What was counted. */
  result(): ColourCounts {
    const colours = this.#keys.filter((key) => key !== 0).map((key) => key - 1);
    colours.sort();
    const counts = Float64Array.from(
      colours,
      (colour) => this.#counts[slotOf(this.#keys, colour + 1)]!,
    );
    return bounded({ isGrouped: false, colours, counts });
  }

  #grow(): void {
    const keys = new Uint32Array(2 * this.#keys.length);
    const counts = new Uint32Array(keys.length);
    this.#keys.forEach((key, from) => {
      if (key === 0) return;
      const slot = slotOf(keys, key);
      keys[slot] = key;
      counts[slot] = this.#counts[from]!;
    });
    this.#keys = keys;
    this.#counts = counts;
  }
}

/** The slot of a key, or the empty one where it belongs. */
function slotOf(keys: Uint32Array, key: number): number {
  const last = keys.length - 1;
  let slot = (Math.imul(key, SPREAD) >>> 8) & last;
  while (keys[slot] !== key && keys[slot] !== 0) slot = (slot + 1) & last;
  return slot;
}

/**
 * The counts of two disjoint parts of a world together. If the whole has more than COLOURS_MAX colours it is
 * grouped, and else not, however it is cut into parts.
 */
export function mergeColours(a: ColourCounts, b: ColourCounts): ColourCounts {
  if (a.isGrouped !== b.isGrouped) return mergeColours(grouped(a), grouped(b));
  const room = a.colours.length + b.colours.length;
  const colours = new Uint32Array(room);
  const counts = new Float64Array(room);
  let [i, j, length] = [0, 0, 0];
  while (i < a.colours.length || j < b.colours.length) {
    const left = a.colours[i] ?? Number.POSITIVE_INFINITY;
    const right = b.colours[j] ?? Number.POSITIVE_INFINITY;
    colours[length] = Math.min(left, right);
    counts[length++] = (left <= right ? a.counts[i++]! : 0) + (right <= left ? b.counts[j++]! : 0);
  }
  return bounded({
    isGrouped: a.isGrouped,
    colours: colours.slice(0, length),
    counts: counts.slice(0, length),
  });
}

const bounded = (counted: ColourCounts): ColourCounts =>
  counted.colours.length > COLOURS_MAX ? grouped(counted) : counted;

function grouped(counted: ColourCounts): ColourCounts {
  if (counted.isGrouped) return counted;
  const groups = new Map<number, number>();
  counted.colours.forEach((colour, i) => {
    const group = colour & GROUP_MASK;
    groups.set(group, (groups.get(group) ?? 0) + counted.counts[i]!);
  });
  const colours = Uint32Array.from(groups.keys()).sort();
  const counts = Float64Array.from(colours, (group) => groups.get(group)!);
  return { isGrouped: true, colours, counts };
}
