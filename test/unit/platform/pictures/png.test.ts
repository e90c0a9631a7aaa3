import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { encodePng } from '../../../../services/platform/pictures/png.ts';

const [columns, rows] = [7, 5];
const rgb = Uint8Array.from({ length: columns * rows * 3 }, (_, i) => (i * 37) & 0xff);

test('a PNG has the pixels of its image', async () => {
  const { width, height, data } = PNG.sync.read(
    Buffer.from(await encodePng({ columns, rows, rgb })),
  );
  expect([width, height]).toEqual([columns, rows]);
  const pixels = Array.from({ length: columns * rows }, (_, i) => [
    ...data.subarray(4 * i, 4 * i + 4),
  ]);
  const expected = Array.from({ length: columns * rows }, (_, i) => [
    ...rgb.subarray(3 * i, 3 * i + 3),
    255,
  ]);
  expect(pixels).toEqual(expected);
});

test('the same image gives the same bytes', async () => {
  const [once, again] = await Promise.all([1, 2].map(() => encodePng({ columns, rows, rgb })));
  expect(once).toEqual(again);
});

test('an image without all its pixels is a bug', () => {
  expect(() => encodePng({ columns, rows: rows + 1, rgb })).toThrow(RangeError);
});
