/** Counts of what happened in some cells since they were counted last. Parts merge by addition. */
export interface Changes {
  /** Children, mutated or not. */
  births: number;
  /** Creatures whose health did not last. */
  deathsStarved: number;
  /** Creatures that died by the draw, though their health lasted. */
  deathsAccident: number;
  deathsKilled: number;
  /** Creatures that an extinction wiped. */
  deathsExtinct: number;
  /** Creatures where a new species was created. */
  deathsOverwritten: number;
  /** Creatures of new species. */
  created: number;
  moves: number;
  /** Of the births those that mutated. */
  mutations: number;
}

export const EMPTY_CHANGES: Readonly<Changes> = Object.freeze({
  births: 0,
  deathsStarved: 0,
  deathsAccident: 0,
  deathsKilled: 0,
  deathsExtinct: 0,
  deathsOverwritten: 0,
  created: 0,
  moves: 0,
  mutations: 0,
});

/** The names of all changes, in the order above. */
export const CHANGE_NAMES = Object.freeze(Object.keys(EMPTY_CHANGES)) as readonly (keyof Changes)[];

/** Where the counter of each change is in a block's `changes`. */
export const COUNTER = Object.freeze(
  Object.fromEntries(CHANGE_NAMES.map((name, at) => [name, at])),
) as Readonly<Record<keyof Changes, number>>;
