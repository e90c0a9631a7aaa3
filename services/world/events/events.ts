import { quotient } from '../arithmetic/integers.ts';
import { below } from '../arithmetic/randomness.ts';
import { DEFAULT_RULES, RULE_BOUNDS, RULE_NAMES, type Rules } from '../spec/rules.ts';
import { NO_SHIFT, shiftAfter, type TerrainShift } from './terrain-shift.ts';

/**
 * The kinds of events that come at random, in the order in which those of one tick apply. They can be
 * injected too.
 */
export const RANDOM_EVENT_KINDS = [
  'createCreature',
  'extraFood',
  'ruleChange',
  'newTopography',
  'extinction',
] as const;
export type RandomEventKind = (typeof RANDOM_EVENT_KINDS)[number];

/** All kinds of events: those, and what happens only if somebody injects it. */
export const EVENT_KINDS = [...RANDOM_EVENT_KINDS, 'foodDrop'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** The least and the greatest value of each number of an event, both allowed. */
export const EVENT_BOUNDS = {
  /** Radii of the ellipse of a new species, in cells. */
  radius: [15, 39],
  /** Size of a new species. */
  size: [1, 19],
  /** Change of extraFood, up or down. */
  amount: [1, 4],
  /** Change of a rule, up or down. */
  percent: [1, 20],
  /** The random number, u32, that decides which tiles an extinction wipes. */
  draw: [0, 0xffff_ffff],
  /** Radii of the ellipse that food falls on, in cells. */
  dropRadius: [1, 100],
  /** Food that falls on each cell: from as little as there is to as much as any rules let lie there. */
  dropAmount: [1, RULE_BOUNDS.maxFood[1]],
} as const;

/** Cells round a centre on the torus: dx² · radiusY² + dy² · radiusX² ≤ radiusX² · radiusY². */
export interface Ellipse {
  /** The centre, a cell of the world. */
  readonly x: number;
  readonly y: number;
  /** In cells, at least 1; an ellipse may be larger than the world. */
  readonly radiusX: number;
  readonly radiusY: number;
}

/** A new species fills an ellipse and overwrites the creatures there. */
export interface CreateCreature extends Ellipse {
  readonly kind: 'createCreature';
  readonly size: number;
  readonly canKill: boolean;
  readonly canMove: boolean;
  /** 0xRRGGBB, its lineage too. */
  readonly colour: number;
}

/** extraFood changes everywhere by the same amount. */
interface ExtraFood {
  readonly kind: 'extraFood';
  /** −4 to 4, not 0. */
  readonly amount: number;
}

/** One rule changes by a share of its value, at least by 1, within its bounds. */
interface RuleChange {
  readonly kind: 'ruleChange';
  readonly rule: keyof Rules;
  /** −20 to 20, not 0. */
  readonly percent: number;
}

/** The next terrain replaces this one; creatures stay. */
interface NewTopography {
  readonly kind: 'newTopography';
}

/** Every tile is wiped of creatures with a chance of one half. */
export interface Extinction {
  readonly kind: 'extinction';
  /** u32: which tiles are wiped is a function of it. */
  readonly draw: number;
}

/** Food falls once on each cell of an ellipse, as far as maxFood lets it lie there. */
export interface FoodDrop extends Ellipse {
  readonly kind: 'foodDrop';
  /** What falls on each cell. */
  readonly amount: number;
}

/** All that is to be known of an event: what it does is a function of this and the state it meets. */
export type WorldEvent =
  | CreateCreature
  | ExtraFood
  | RuleChange
  | NewTopography
  | Extinction
  | FoodDrop;

/** An event and its tick: it applies to state `tick`, before phase A of the step that leaves it. */
export interface TimedEvent {
  readonly tick: number;
  readonly event: WorldEvent;
}

/** An injected event. Its sequence is its place among all that were injected, from 1. */
export interface InjectedEvent extends TimedEvent {
  readonly sequence: number;
}

/**
 * Draws an event of a kind.
 *
 * @param draw 32-bit draws by number, from 1.
 */
export function drawEvent(
  kind: EventKind,
  draw: (j: number) => number,
  world: { readonly width: number; readonly height: number },
): WorldEvent {
  const { radius, size, amount, percent, dropRadius } = EVENT_BOUNDS;
  switch (kind) {
    case 'createCreature':
      return {
        kind,
        x: below(world.width, draw(1)),
        y: below(world.height, draw(2)),
        radiusX: from(radius, draw(3)),
        radiusY: from(radius, draw(4)),
        size: from(size, draw(5)),
        canKill: below(2, draw(6)) === 1,
        canMove: below(2, draw(7)) === 1,
        colour: draw(8) >>> 8,
      };
    case 'extraFood':
      return { kind, amount: signed(from(amount, draw(1)), draw(2)) };
    case 'ruleChange': {
      const rule = RULE_NAMES[below(RULE_NAMES.length, draw(1))] as keyof Rules;
      return { kind, rule, percent: signed(from(percent, draw(2)), draw(3)) };
    }
    case 'newTopography':
      return { kind };
    case 'extinction':
      return { kind, draw: draw(1) >>> 0 };
    case 'foodDrop':
      return {
        kind,
        x: below(world.width, draw(1)),
        y: below(world.height, draw(2)),
        radiusX: from(dropRadius, draw(3)),
        radiusY: from(dropRadius, draw(4)),
        // More than the usual rules let lie in a cell would mostly be the same event: all it can hold.
        amount: from([1, DEFAULT_RULES.maxFood], draw(5)),
      };
  }
}

const from = ([least, most]: readonly [number, number], draw: number): number =>
  least + below(most - least + 1, draw);

const signed = (value: number, draw: number): number => (below(2, draw) === 1 ? value : -value);

/** What events change of a world beside its cells. */
export interface Conditions {
  /** The rules in force. */
  readonly rules: Rules;
  /** The number of the terrain that lies there. */
  readonly terrainNumber: number;
  /** How extraFood has changed since that terrain was written. */
  readonly terrainShift: TerrainShift;
}

/** The conditions before the first event. */
export const firstConditions = (rules: Rules): Conditions => ({
  rules,
  terrainNumber: 0,
  terrainShift: NO_SHIFT,
});

/** The conditions once an event has happened. */
export function conditionsAfter(before: Conditions, event: WorldEvent): Conditions {
  switch (event.kind) {
    case 'ruleChange':
      return { ...before, rules: rulesAfter(before.rules, event) };
    case 'newTopography':
      return { ...before, terrainNumber: before.terrainNumber + 1, terrainShift: NO_SHIFT };
    case 'extraFood':
      return { ...before, terrainShift: shiftAfter(before.terrainShift, event.amount) };
    // Named one by one, so that a new kind has to say what it changes.
    case 'createCreature':
    case 'extinction':
    case 'foodDrop':
      return before;
  }
}

function rulesAfter(rules: Rules, { rule, percent }: RuleChange): Rules {
  const [least, most] = RULE_BOUNDS[rule];
  const value = rules[rule];
  const change = Math.max(1, quotient(value * Math.abs(percent), 100));
  const changed = percent > 0 ? value + change : value - change;
  return { ...rules, [rule]: Math.min(most, Math.max(least, changed)) };
}
