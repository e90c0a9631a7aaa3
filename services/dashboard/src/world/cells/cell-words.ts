import { hexColour } from '../../../../protocol/pictures/scales.ts';
import { CAN_KILL, CAN_MOVE } from '../../../../world/cells/cell-block.ts';
import type { Rules } from '../../../../world/spec/rules.ts';
import { breedingHealth, livingCost } from './cell-looks.ts';
import type { Cell } from './cells.ts';

const numbers = new Intl.NumberFormat('en');
const count = (value: number): string => numbers.format(value);
const units = (value: number, one: string, many: string) =>
  `${count(value)} ${value === 1 ? one : many}`;

/** "1 time in n", where 0 is never. */
const chance = (n: number): string =>
  n === 0 ? 'never' : n === 1 ? 'always' : `1 time in ${count(n)}`;

/** A row of the inspector; `colour` is shown as a swatch before the value. */
export interface CellField {
  name: string;
  value: string;
  colour?: string;
}

/** Every field of a cell. */
export function cellFields(cell: Cell, backends: readonly string[]): CellField[] {
  const fields: CellField[] = [
    { name: 'Cell', value: `${cell.x}, ${cell.y}` },
    { name: 'Food', value: count(cell.food) },
    { name: 'Growth', value: `${count(cell.extraFood)} per tick` },
    { name: 'Backend', value: backends[cell.owner] ?? `number ${cell.owner + 1}` },
    { name: 'Shard', value: count(cell.shard) },
  ];
  if (cell.size === 0) return fields;
  const { traits, colour, lineage } = cell;
  return [
    { name: 'Species', value: hexColour(colour), colour: hexColour(colour) },
    { name: 'Lineage', value: hexColour(lineage), colour: hexColour(lineage) },
    { name: 'Size', value: count(cell.size) },
    { name: 'Health', value: count(cell.health) },
    { name: 'Age', value: units(cell.ageTicks, 'tick', 'ticks') },
    { name: 'Can kill', value: (traits & CAN_KILL) === 0 ? 'no' : 'yes' },
    { name: 'Can move', value: (traits & CAN_MOVE) === 0 ? 'no' : 'yes' },
    ...fields,
  ];
}

/** What the rules in force do to a cell and to who lives there, one sentence each. */
export function cellWords(cell: Cell, rules: Rules): string[] {
  return cell.size === 0
    ? landWords(cell, rules)
    : [...creatureWords(cell, rules), ...landWords(cell, rules)];
}

function landWords({ food, extraFood }: Cell, { maxFood }: Rules): string[] {
  if (food >= maxFood)
    return [`Food here has reached the most that a cell holds, ${count(maxFood)}.`];
  return [`Food here grows by ${count(extraFood)} per tick, up to ${count(maxFood)}.`];
}

function creatureWords(cell: Cell, rules: Rules): string[] {
  const { size, traits, health } = cell;
  const cost = livingCost(size, traits, rules);
  const eats = rules.eatCapacityPerSizeUnit * size;
  const breedsAt = breedingHealth(size, rules);
  const missing = breedsAt - health;
  return [
    `Eats up to ${count(eats)} food per tick: ${rules.eatCapacityPerSizeUnit} for each unit of size.`,
    `Pays ${count(cost)} health per tick: ${costParts(cell, rules)}; at 0 it starves.`,
    missing > 0
      ? `Breeds at health ≥ ${count(breedsAt)}, which it misses by ${count(missing)}.`
      : `Breeds at health ≥ ${count(breedsAt)}, which it has, where a cell beside it is empty.`,
    `A child gets half of its health and is mutated ${chance(rules.mutationChance)}.`,
    (traits & CAN_KILL) === 0 ? 'Does not hunt.' : huntingWords(rules),
    (traits & CAN_MOVE) === 0
      ? 'Stays where it was born.'
      : 'Moves to an empty cell beside it that has more food, if it neither kills nor breeds.',
    `Dies by accident ${chance(rules.randomDeathChance)} each tick.`,
    `Has at most ${count(rules.maxHealth)} health.`,
  ];
}

function costParts({ size, traits }: Cell, rules: Rules): string {
  const parts = [`${count(rules.healthCostPerSizeUnit * size)} for its size`];
  if ((traits & CAN_KILL) !== 0) parts.push(`${rules.healthCostIfCanKill} because it can kill`);
  if ((traits & CAN_MOVE) !== 0) parts.push(`${rules.healthCostIfCanMove} because it can move`);
  return parts.join(', ');
}

function huntingWords({ killChance, killGain }: Rules): string {
  if (killChance === 0) return 'Could kill, but under these rules nobody does.';
  const share = ((100 * killGain) / 256).toFixed(0);
  return `Hunts ${chance(killChance)} each tick: kills one of another species beside it that is not larger, and gains ${share} % of its health.`;
}
