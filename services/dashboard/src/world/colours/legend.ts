import {
  colourAt,
  cssColour,
  ownerColour,
  positionOf,
  type Scale,
  scaleOf,
  traitColour,
} from '../../../../protocol/pictures/scales.ts';
import type { Layer } from '../../../../world/measuring/layers.ts';
import type { Rules } from '../../../../world/spec/rules.ts';

/** What explains the colours of a layer. */
export type Legend =
  | { kind: 'words'; text: string }
  | { kind: 'swatches'; swatches: { colour: string; text: string }[] }
  | { kind: 'ramp'; unit: string; stops: string[]; ticks: { at: number; text: string }[] };

const STOPS = 16;
const TICKS_MAX = 6;
/** Marks are no nearer to each other than this part of the ramp. */
const TICKS_APART = 0.17;

const numbers = new Intl.NumberFormat('en');

/** @param backends their names, in the order of the topology. */
export function legendOf(layer: Layer, rules: Rules, backends: readonly string[]): Legend {
  const scale = scaleOf(layer, rules);
  if (scale !== undefined) return rampLegend(scale);
  switch (layer) {
    case 'colour':
      return { kind: 'words', text: 'Every species in its own colour' };
    case 'lineage':
      return { kind: 'words', text: 'The colour of the first ancestor' };
    case 'owner':
      return {
        kind: 'swatches',
        swatches: backends.map((text, i) => ({ colour: cssColour(ownerColour(i)), text })),
      };
    default: {
      const verb = layer === 'canKill' ? 'kill' : 'move';
      const swatch = (has: boolean) => cssColour(traitColour(has));
      return {
        kind: 'swatches',
        swatches: [
          { colour: swatch(true), text: `can ${verb}` },
          { colour: swatch(false), text: `cannot ${verb}` },
        ],
      };
    }
  }
}

function rampLegend(scale: Scale): Legend {
  const stops = Array.from({ length: STOPS }, (_, i) =>
    cssColour(colourAt(scale.stops, i / (STOPS - 1))),
  );
  const text = (value: number) =>
    value === scale.most && scale.isCut ? `≥ ${numbers.format(value)}` : numbers.format(value);
  const ticks = ticksOf(scale).map((value) => ({
    at: positionOf(scale, value),
    text: text(value),
  }));
  return { kind: 'ramp', unit: scale.unit, stops, ticks };
}

/** Round values along the ramp, its ends among them, far enough from each other to be read. */
function ticksOf(scale: Scale): number[] {
  const { least, most } = scale;
  const ticks: number[] = [least];
  for (const value of roundValues(most)) {
    if (ticks.length === TICKS_MAX - 1) break;
    const at = positionOf(scale, value);
    const before = positionOf(scale, ticks.at(-1) ?? least);
    if (value > least && at - before >= TICKS_APART && 1 - at >= TICKS_APART) ticks.push(value);
  }
  return most > least ? [...ticks, most] : ticks;
}

/** 1, 2, 5, 10, 20, 50, … and steps of a fifth of the last power of ten, below `most`. */
function roundValues(most: number): number[] {
  const values = new Set<number>();
  const top = 10 ** Math.floor(Math.log10(most));
  for (let power = 1; power <= top; power *= 10) {
    for (const digit of [1, 2, 5]) values.add(digit * power);
  }
  for (let value = top; value < most; value += top) values.add(value);
  return [...values].filter((value) => value < most).sort((a, b) => a - b);
}
