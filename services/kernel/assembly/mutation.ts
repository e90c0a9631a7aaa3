import { BLOCK_COLOUR, BLOCK_SIZE, BLOCK_TRAITS } from '../memory-layout';
import { mix } from './random';
import { COLOUR_SHIFT, MAX_SIZE, rule } from './scratch';

/** A colour channel, mutated by a byte of the draw. */
// @ts-ignore: decorator
@inline
function shiftChannel(channel: u32, byte: u32, shift: i32): u32 {
  const change = (<i32>(byte * (2 * shift + 1)) >> 8) - shift;
  return <u32>min(255, max(0, <i32>channel + change));
}

/** `mutate` of services/world/tick/mutation.ts. */
export function mutate(block: usize, scratch: usize, child: usize, draw: u32): void {
  const size = <usize>load<u32>(block, BLOCK_SIZE) + child;
  const traits = <usize>load<u32>(block, BLOCK_TRAITS) + child;
  const colour = <usize>load<u32>(block, BLOCK_COLOUR) + (child << 2);
  const kind = (draw >> 16) & 3;
  if (kind < 2) {
    const old = <u32>load<u8>(size);
    if (kind === 0) {
      if (old < rule(scratch, MAX_SIZE)) store<u8>(size, old + 1);
    } else if (old > 1) {
      store<u8>(size, old - 1);
    }
  } else {
    store<u8>(traits, load<u8>(traits) ^ (kind - 1));
  }
  const shift = <i32>rule(scratch, COLOUR_SHIFT);
  const bytes = mix(draw);
  const old = load<u32>(colour);
  const red = shiftChannel(old >> 16, bytes & 255, shift);
  const green = shiftChannel((old >> 8) & 255, (bytes >> 8) & 255, shift);
  const blue = shiftChannel(old & 255, (bytes >> 16) & 255, shift);
  const shifted = (red << 16) | (green << 8) | blue;
  store<u32>(colour, shifted === old ? old ^ 256 : shifted);
}
