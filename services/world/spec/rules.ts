/**
 * The rules of a world: integers, part of its spec, read at every tick. Nothing is compiled
 * in, so that an event may change one of them while the world runs.
 *
 * "1 in n" rules: n = 0 means never.
 */
export interface Rules {
  /** Health a creature loses each tick per unit of its size. */
  healthCostPerSizeUnit: number;
  /** Food a creature can eat each tick per unit of its size. */
  eatCapacityPerSizeUnit: number;
  /** Health a creature that can kill loses each tick on top. */
  healthCostIfCanKill: number;
  /** Health a creature that can move loses each tick on top. */
  healthCostIfCanMove: number;
  /** A child is mutated with a chance of 1 in this. */
  mutationChance: number;
  /** A creature dies by accident with a chance of 1 in this, each tick. */
  randomDeathChance: number;
  /** Health needed to breed, per unit of size, on top of `breedBase`. */
  breedPerSize: number;
  /** Health needed to breed, whatever the size. */
  breedBase: number;
  /** A creature that can kill tries to with a chance of 1 in this, each tick. */
  killChance: number;
  /** 256ths of its victim's health that a killer gains. */
  killGain: number;
  /** The most food that can lie in a cell. */
  maxFood: number;
  /** The most health a creature can have. */
  maxHealth: number;
  /** Mutation makes no creature larger than this. */
  maxSize: number;
  /** A mutation changes each colour channel by at most this. */
  colourShift: number;
}

/** Rules under which a world stays alive and diverse; found by search. */
export const DEFAULT_RULES: Readonly<Rules> = Object.freeze({
  healthCostPerSizeUnit: 2,
  eatCapacityPerSizeUnit: 5,
  healthCostIfCanKill: 10,
  healthCostIfCanMove: 5,
  mutationChance: 100,
  randomDeathChance: 100,
  breedPerSize: 0,
  breedBase: 100,
  killChance: 2,
  killGain: 64,
  maxFood: 1000,
  maxHealth: 5000,
  maxSize: 100,
  colourShift: 24,
});

/**
 * The least and the greatest value of each rule, both allowed. They keep every quantity of the
 * tick inside the integer type that holds it.
 */
export const RULE_BOUNDS: { readonly [K in keyof Rules]: readonly [min: number, max: number] } = {
  healthCostPerSizeUnit: [0, 255],
  eatCapacityPerSizeUnit: [0, 255],
  healthCostIfCanKill: [0, 127],
  healthCostIfCanMove: [0, 127],
  mutationChance: [0, 65535],
  randomDeathChance: [0, 65535],
  breedPerSize: [0, 255],
  breedBase: [1, 60000],
  killChance: [0, 256],
  killGain: [0, 256],
  maxFood: [0, 30000],
  maxHealth: [1, 65535],
  maxSize: [1, 255],
  colourShift: [1, 127],
};

/** The names of all rules, in the order of the table above. */
export const RULE_NAMES = Object.freeze(Object.keys(RULE_BOUNDS)) as readonly (keyof Rules)[];
