import {
  type DecodedTiles,
  decodeTiles,
  type EarlierTiles,
  encodeTiles,
} from '../../../../services/protocol/wire/tile-codec.ts';
import { type TileRange, tileSize, tilesOf } from '../../../../services/protocol/wire/tile-grid.ts';
import { LAYER_BYTES } from '../../../../services/world/measuring/layers.ts';

export const world = { width: 2000, height: 1250 };

/** An answer of which every byte of every tile is a value, as the page decodes it. */
export function answerOf(
  range: TileRange,
  { value = 1, tick = 5, tag = 1, since }: Partial<AnswerOptions> = {},
): DecodedTiles {
  const tiles = tilesOf(range).map(({ x, y }) => {
    const { width, height } = tileSize(world, range.zoom, x, y);
    return new Uint8Array(width * height * LAYER_BYTES[range.layer]).fill(value);
  });
  const answer = {
    ...range,
    world,
    minTick: tick,
    maxTick: tick + 1,
    tag: tag.toString(16).padStart(16, '0'),
    tiles,
  };
  return decodeTiles(encodeTiles(answer, since), since);
}

interface AnswerOptions {
  value: number;
  tick: number;
  tag: number;
  since: EarlierTiles | undefined;
}
