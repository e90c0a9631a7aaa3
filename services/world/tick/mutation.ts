import { mix } from '../arithmetic/randomness.ts';
import { CAN_KILL, CAN_MOVE, type CellBlock } from '../cells/cell-block.ts';
import type { Rules } from '../spec/rules.ts';

/**
 * Mutates the child in a cell: its size or one of its traits, and always its colour, so that it
 * is the first of a new species.
 *
 * @param draw the mutation draw of the cell it was born in.
 */
export function mutate(block: CellBlock, child: number, draw: number, rules: Rules): void {
  const { size, traits, colour } = block;
  switch ((draw >>> 16) & 3) {
    case 0:
      if (size[child]! < rules.maxSize) size[child] = size[child]! + 1;
      break;
    case 1:
      if (size[child]! > 1) size[child] = size[child]! - 1;
      break;
    case 2:
      traits[child] = traits[child]! ^ CAN_KILL;
      break;
    default:
      traits[child] = traits[child]! ^ CAN_MOVE;
  }
  colour[child] = shiftColour(colour[child]!, mix(draw), rules.colourShift);
}

/** Another colour near this one: each channel changes by up to `shift`. */
function shiftColour(colour: number, draw: number, shift: number): number {
  const red = shiftChannel(colour >>> 16, draw & 0xff, shift);
  const green = shiftChannel((colour >>> 8) & 0xff, (draw >>> 8) & 0xff, shift);
  const blue = shiftChannel(colour & 0xff, (draw >>> 16) & 0xff, shift);
  const shifted = (red << 16) | (green << 8) | blue;
  return shifted === colour ? colour ^ 256 : shifted;
}

function shiftChannel(channel: number, byte: number, shift: number): number {
  const change = ((byte * (2 * shift + 1)) >> 8) - shift;
  return Math.min(255, Math.max(0, channel + change));
}
