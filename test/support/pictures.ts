import { PNG } from 'pngjs';
import { shadesOf } from '../../services/protocol/pictures/palette.ts';
import {
  addPicturePart,
  PicturePartWriter,
} from '../../services/protocol/pictures/picture-part.ts';
import { pictureFormat, RGB_BYTES } from '../../services/protocol/pictures/stored-picture.ts';
import type { SingleWorld } from '../../services/world/single-world.ts';

/** The pixels of the picture of a world in one piece: red, green, blue. */
export function pictureOf(world: SingleWorld) {
  const format = pictureFormat(world.spec);
  const writer = new PicturePartWriter(format, shadesOf(world.rules));
  for (const block of world.blocks) writer.add(block, block);
  const rgb = new Uint8Array(format.columns * format.rows * RGB_BYTES);
  addPicturePart(writer.finish(), format, rgb);
  return { columns: format.columns, rows: format.rows, rgb };
}

/** The pixels of a PNG. */
export function decodedPng(png: Uint8Array) {
  const { width: columns, height: rows, data } = PNG.sync.read(Buffer.from(png));
  const rgb = new Uint8Array(columns * rows * RGB_BYTES);
  for (let i = 0; i < columns * rows; i++) rgb.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return { columns, rows, rgb };
}
