import FileSystemStore from '@zarrita/storage/fs';
import { create, root, set, slice } from 'zarrita';
import { LAYER_BYTES, type Layer, type LayerRectangle } from '../../world/measuring/layers.ts';

/*
 * Layers of some ticks as a group of Zarr (version 3), which xarray opens as a data set:
 *
 *     <folder>/             attributes: the colony and how it was computed
 *     <folder>/tick         uint32 [ticks], the ticks
 *     <folder>/<layer>      unsigned integers [ticks, height, width], as GET /frame has them
 */

const DIMENSIONS = ['tick', 'y', 'x'];
/** A chunk is read as a whole by whoever wants a part of it. */
const CHUNK_SIDE = 512;
const TYPES = { 1: 'uint8', 2: 'uint16', 4: 'uint32' } as const;
const CODECS = [
  { name: 'bytes', configuration: { endian: 'little' } },
  { name: 'zstd', configuration: { level: 3, checksum: false } },
];

export interface LayerStoreOptions {
  /** An empty folder. */
  folder: string;
  width: number;
  height: number;
  ticks: readonly number[];
  layers: readonly Layer[];
  attributes: Record<string, unknown>;
}

/** What writes the layers of one tick; `sample` writes values as `sampleLayer` does. */
export type WriteLayers = (
  index: number,
  sample: (layer: Layer, rect: LayerRectangle, out: Uint8Array) => void,
) => Promise<void>;

/** Makes the store with its ticks, without layers. */
export async function createLayerStore(options: LayerStoreOptions): Promise<WriteLayers> {
  const { folder, width, height, ticks, layers, attributes } = options;
  const group = root(new FileSystemStore(folder));
  await create(group, { attributes });
  const tickArray = await create(group.resolve('tick'), {
    ...{ shape: [ticks.length], chunkShape: [ticks.length], dtype: 'uint32' as const },
    ...{ codecs: CODECS, dimensionNames: ['tick'], fillValue: 0 },
  });
  const all = Uint32Array.from(ticks);
  await set(tickArray, null, { data: all, shape: [all.length], stride: [1] });
  const arrays = await Promise.all(
    layers.map(async (layer) => {
      const array = await create(group.resolve(layer), {
        shape: [ticks.length, height, width],
        chunkShape: [1, Math.min(height, CHUNK_SIDE), Math.min(width, CHUNK_SIDE)],
        dtype: TYPES[LAYER_BYTES[layer]],
        ...{ codecs: CODECS, dimensionNames: DIMENSIONS, fillValue: 0 },
      });
      return { layer, array };
    }),
  );
  return async (index, sample) => {
    for (const { layer, array } of arrays) {
      // Whole rows of chunks: memory stays bounded, and no chunk is written twice.
      for (let y = 0; y < height; y += CHUNK_SIDE) {
        const rows = Math.min(CHUNK_SIDE, height - y);
        const bytes = new Uint8Array(rows * width * LAYER_BYTES[layer]);
        sample(layer, { x: 0, y, width, height: rows, scale: 1 }, bytes);
        const data = valuesOf(layer, bytes);
        const chunk = { data, shape: [rows, width], stride: [width, 1] };
        await set(array, [index, slice(y, y + rows), null], chunk as never);
      }
    }
  };
}

/** Little-endian, as every machine is that runs the compiled kernel. */
function valuesOf(layer: Layer, { buffer }: Uint8Array<ArrayBuffer>) {
  const valueBytes = LAYER_BYTES[layer];
  if (valueBytes === 1) return new Uint8Array(buffer);
  return valueBytes === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
}
