import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { AnimatedPng } from '../../../../services/platform/pictures/apng.ts';
import { encodePng } from '../../../../services/platform/pictures/png.ts';

const [columns, rows] = [9, 4];
const imageOf = (seed: number, height = rows) => ({
  ...{ columns, rows: height },
  rgb: Uint8Array.from({ length: columns * height * 3 }, (_, i) => (i * seed) & 0xff),
});

/** The chunks of a file, by a reading of its own. */
function chunksOf(file: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

describe('an animated PNG', () => {
  test('has each frame as it was, with numbers in sequence', async () => {
    const pngs = await Promise.all([3, 5, 7].map((seed) => encodePng(imageOf(seed))));
    const animated = new AnimatedPng({ framesMax: 3, frameMs: 40 });
    const file = Buffer.concat([...pngs.map((png) => animated.frame(png)), animated.end()]);
    const chunks = chunksOf(file);
    const types = chunks.map(({ type }) => type).join(' ');
    expect(types).toMatch(/^IHDR acTL fcTL IDAT( IDAT)* fcTL fdAT( fdAT)* fcTL fdAT( fdAT)* IEND$/);
    const numbered = chunks.filter(({ type }) => type === 'fcTL' || type === 'fdAT');
    expect(numbered.map(({ data }) => data.readUInt32BE(0))).toEqual(numbered.map((_, i) => i));
    const control = chunks.find(({ type }) => type === 'fcTL')?.data;
    expect([control?.readUInt32BE(4), control?.readUInt32BE(8)]).toEqual([columns, rows]);
    expect([control?.readUInt16BE(20), control?.readUInt16BE(22)]).toEqual([40, 1_000]);
    // Each frame, made a PNG of its own again.
    const parts = types.split('fcTL').slice(1);
    expect(parts).toHaveLength(3);
    const second = Buffer.concat(
      chunks.filter(({ type }) => type === 'fdAT').map(({ data }) => data.subarray(4)),
    );
    const ofPngs = pngs.slice(1).flatMap((png) => {
      return chunksOf(Buffer.from(png)).flatMap(({ type, data }) =>
        type === 'IDAT' ? [data] : [],
      );
    });
    expect(second.equals(Buffer.concat(ofPngs))).toBe(true);
    expect(PNG.sync.read(file).data.equals(PNG.sync.read(Buffer.from(pngs[0]!)).data)).toBe(true);
  });

  test('takes no frame of another size, none that is damaged, and not more than were said', async () => {
    const png = await encodePng(imageOf(3));
    const animated = new AnimatedPng({ framesMax: 2, frameMs: 40 });
    animated.frame(png);
    const other = await encodePng(imageOf(3, rows + 1));
    expect(() => animated.frame(other)).toThrow(/another size/);
    const damaged = png.map((byte, i) => (i === png.length - 20 ? byte ^ 1 : byte));
    expect(() => animated.frame(damaged)).toThrow(/damaged/);
    expect(() => animated.frame(png.subarray(0, -3))).toThrow(/cut/);
    expect(() => animated.frame(png.subarray(1))).toThrow('not a PNG');
    animated.frame(png);
    expect(() => animated.frame(png)).toThrow('more than 2 frames');
  });

  test('says in the end how many frames there were', async () => {
    const png = await encodePng(imageOf(3));
    const animated = new AnimatedPng({ framesMax: 3, frameMs: 40 });
    const file = Buffer.concat([animated.frame(png), animated.frame(png), animated.end()]);
    const { at, bytes } = animated.frameCount!;
    file.set(bytes, at);
    const chunks = chunksOf(file);
    const control = chunks.filter(({ type }) => type === 'acTL').map(({ data }) => [...data]);
    expect(control).toEqual([[0, 0, 0, 2, 0, 0, 0, 0]]);
    expect(chunks.filter(({ type }) => type === 'fcTL')).toHaveLength(2);
    expect(PNG.sync.read(file).data.equals(PNG.sync.read(Buffer.from(png)).data)).toBe(true);
  });

  test('says nothing of how many frames there were where they are as many as was said', async () => {
    const animated = new AnimatedPng({ framesMax: 1, frameMs: 40 });
    animated.frame(await encodePng(imageOf(3)));
    expect(animated.frameCount).toBeUndefined();
  });
});
