import { PNG } from 'pngjs';
import { lookupTable, paint, shadesOf } from '../../services/protocol/pictures/palette.ts';
import {
  addPicturePart,
  PicturePartWriter,
} from '../../services/protocol/pictures/picture-part.ts';
import { pictureFormat, RGB_BYTES } from '../../services/protocol/pictures/stored-picture.ts';
import {
  LAYER_BYTES,
  type Layer,
  type LayerRectangle,
  pictureSize,
  sampleLayer,
} from '../../services/world/measuring/layers.ts';
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

/** A layer of a world in one piece, or of a part of it, as frames show it: red, green, blue and alpha. */
export function frameOf(world: SingleWorld, layer: Layer, part: Partial<LayerRectangle> = {}) {
  const { x = 0, y = 0, scale = 1 } = part;
  const { width = world.spec.width - x, height = world.spec.height - y } = part;
  const rect = { x, y, width, height, scale };
  const { columns, rows } = pictureSize(rect);
  const values = new Uint8Array(columns * rows * LAYER_BYTES[layer]);
  for (const block of world.blocks) {
    sampleLayer(block, layer, world.rules, world.tick, rect, 0, values);
  }
  const words = new Uint32Array(columns * rows);
  const table = LAYER_BYTES[layer] === 4 ? new Uint32Array(0) : lookupTable(layer, world.rules);
  paint(layer, values, table, words);
  return { width: columns, height: rows, rgba: new Uint8Array(words.buffer) };
}
