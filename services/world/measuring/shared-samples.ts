import type { Layer } from './layers.ts';
import { combineSamples } from './samples.ts';

/**
 * Samples of pixels whose squares do not lie in one block, as numbers of 32 bits: the pixel's x and y, how
 * many samples follow, these; and so on.
 */
export class SharedSamples {
  #words = new Uint32Array(256);
  #length = 0;

  /** @param samples at most 16 of the pixel's samples; the others come from elsewhere. */
  add(x: number, y: number, samples: readonly number[]): void {
    const end = this.#length + 3 + samples.length;
    if (end > this.#words.length) {
      const grown = new Uint32Array(2 * end);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[this.#length] = x;
    this.#words[this.#length + 1] = y;
    this.#words[this.#length + 2] = samples.length;
    this.#words.set(samples, this.#length + 3);
    this.#length = end;
  }

  get words(): Uint32Array {
    return this.#words.subarray(0, this.#length);
  }
}

/**
 * Combines the shared samples of all blocks.
 *
 * @param lists those of each `SharedSamples`.
 * @param draw is given each pixel once.
 * @throws RangeError if a list is cut short.
 */
export function combineShared(
  layer: Layer,
  lists: readonly Uint32Array[],
  draw: (x: number, y: number, pixel: number) => void,
): void {
  const pixels = new Map<string, { x: number; y: number; samples: number[] }>();
  for (const words of lists) {
    for (let at = 0; at < words.length; ) {
      const [x, y, count] = words.subarray(at, at + 3) as unknown as [number, number, number];
      const end = at + 3 + count;
      if (!(end <= words.length)) throw new RangeError('a list of samples is cut short');
      const key = `${x},${y}`;
      const pixel = pixels.get(key) ?? { x, y, samples: [] };
      pixels.set(key, pixel);
      for (at += 3; at < end; at++) pixel.samples.push(words[at]!);
    }
  }
  for (const { x, y, samples } of pixels.values()) draw(x, y, combineSamples(layer, samples));
}
