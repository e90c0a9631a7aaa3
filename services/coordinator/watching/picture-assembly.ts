import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import { shardPlace, shardsOf, type Topology } from '../../protocol/layout/topology.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import {
  assertPicture,
  createPicture,
  PICTURE_HEADER_BYTES,
  type PictureRect,
  pictureColumns,
  pictureRows,
  readPictureHeader,
} from '../../protocol/wire/picture-codec.ts';
import { LAYER_BYTES, type Layer } from '../../world/measuring/layers.ts';

/** The part of a picture that one backend is asked for, and where it goes. */
export interface PicturePart {
  backendIndex: number;
  rect: PictureRect;
  column: number;
  row: number;
}

/**
 * Cuts a picture into one rectangle per backend: the bounding box of its shards within the picture,
 * on the picture's grid of pixels. Boxes of two backends may overlap; pixels do not. Pure.
 */
export function pictureParts(topology: Topology, rect: PictureRect): PicturePart[] {
  const { shardSize } = topology;
  return topology.backends.flatMap((_, backendIndex): PicturePart[] => {
    const places = shardsOf(topology, backendIndex)
      .map((shard) => shardPlace(topology, shard))
      .filter(
        ({ x, y }) =>
          x < rect.x + rect.width &&
          x + shardSize > rect.x &&
          y < rect.y + rect.height &&
          y + shardSize > rect.y,
      );
    if (places.length === 0) return [];
    const across = onGrid(
      places.map(({ x }) => x),
      shardSize,
      rect.x,
      rect.width,
      rect.scale,
    );
    const down = onGrid(
      places.map(({ y }) => y),
      shardSize,
      rect.y,
      rect.height,
      rect.scale,
    );
    return [
      {
        backendIndex,
        rect: {
          x: across.from,
          y: down.from,
          width: across.size,
          height: down.size,
          scale: rect.scale,
        },
        column: across.pixel,
        row: down.pixel,
      },
    ];
  });
}

/** The bounding range of some shards on one axis, from a pixel's edge, within the picture. */
function onGrid(
  starts: number[],
  shardSize: number,
  origin: number,
  size: number,
  scale: number,
): { from: number; size: number; pixel: number } {
  const least = Math.max(origin, Math.min(...starts));
  const end = Math.min(origin + size, Math.max(...starts) + shardSize);
  const pixel = Math.floor((least - origin) / scale);
  const from = origin + pixel * scale;
  return { from, size: end - from, pixel };
}

/** Asks the backends for their parts of a picture and puts them together. */
export async function assemblePicture(o: {
  rpc: RpcCalls;
  topology: Topology;
  fence: Fence;
  layer: Layer;
  rect: PictureRect;
}): Promise<{ etag: string; picture: Uint8Array }> {
  const { rpc, topology, fence, layer, rect } = o;
  assertPicture(layer, rect, topology);
  const parts = await Promise.all(
    pictureParts(topology, rect).map(async (part) => {
      const backend = topology.backends[part.backendIndex];
      if (backend === undefined) throw new Error('a part without a backend');
      const target = { origin: backend.address, bootId: backend.bootId };
      const bytes = await rpc
        .call('readPicture', target, fence, { layer, ...part.rect })
        .catch((cause: unknown): never => {
          const detail = `backend ${backend.id} cannot show its part: ${messageOf(cause)}`;
          throw new ColonyError('BACKEND_UNREACHABLE', detail, { cause });
        });
      const header = readPictureHeader(bytes);
      if (header.layer !== layer || !sameRect(header, part.rect)) {
        throw new ColonyError('BACKEND_FAILED', `backend ${backend.id} sent another picture`);
      }
      return { ...part, header, bytes };
    }),
  );
  const ticks = parts.map(({ header }) => header.minTick);
  const picture = createPicture({
    ...rect,
    layer,
    minTick: Math.min(...ticks),
    maxTick: Math.max(...parts.map(({ header }) => header.maxTick)),
  });
  for (const part of parts) pasteNonZero(picture, rect, part, LAYER_BYTES[layer]);
  const { x, y, width, height, scale } = rect;
  const { colonyInstanceId, topologyVersion } = topology;
  const what = [colonyInstanceId, topologyVersion, layer, x, y, width, height, scale, ...ticks];
  return { etag: `"${what.join('-')}"`, picture };
}

const sameRect = (a: PictureRect, b: PictureRect): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height && a.scale === b.scale;

/** Pixels that a backend does not own are 0 in its part: parts are combined by or. */
function pasteNonZero(
  picture: Uint8Array,
  rect: PictureRect,
  part: PicturePart & { bytes: Uint8Array },
  pixelBytes: number,
): void {
  const rowBytes = pictureColumns(part.rect) * pixelBytes;
  const pictureRowBytes = pictureColumns(rect) * pixelBytes;
  const rows = pictureRows(part.rect);
  for (let row = 0; row < rows; row++) {
    const from = PICTURE_HEADER_BYTES + row * rowBytes;
    const to = PICTURE_HEADER_BYTES + (part.row + row) * pictureRowBytes + part.column * pixelBytes;
    for (let i = 0; i < rowBytes; i++) {
      picture[to + i] = (picture[to + i] as number) | (part.bytes[from + i] as number);
    }
  }
}
