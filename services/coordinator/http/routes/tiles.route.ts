import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { cellsViewSchema } from '../../../protocol/api/cells-view.ts';
import { CELLS_READ_MAX } from '../../../protocol/wire/cells-codec.ts';
import { PICTURE_MAX_BYTES } from '../../../protocol/wire/picture-codec.ts';
import { TILES_TAG } from '../../../protocol/wire/tile-codec.ts';
import {
  assertTiles,
  TILE_PIXELS,
  tilesOfWorld,
  ZOOM_MAX,
} from '../../../protocol/wire/tile-grid.ts';
import { LAYERS } from '../../../world/measuring/layers.ts';
import { WORLD_BOUNDS } from '../../../world/spec/spec.ts';
import { assertCells } from '../../watching/cells-assembly.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { answeredByLeader } from '../leader-forwarding.ts';
import { problemResponses } from '../problems.ts';
import { answerBytes } from '../requests/answer-compression.ts';
import { integerParameter, json, named } from '../requests/parameters.ts';

const SIDE_MAX = Math.max(WORLD_BOUNDS.width[1], WORLD_BOUNDS.height[1]);
const TILES_MAX = Math.ceil(SIDE_MAX / TILE_PIXELS);

const tile = (description: string, min: number) =>
  integerParameter({ min, max: TILES_MAX, description }).optional();
const cell = (description: string, min: number) =>
  integerParameter({ min, max: SIDE_MAX, description });

const tilesQuery = z.strictObject({
  layer: z
    .enum(LAYERS, { error: `expected one of ${LAYERS.join(', ')}` })
    .default('colour')
    .openapi({ description: 'What the pixels show.' }),
  zoom: integerParameter({
    min: 0,
    max: ZOOM_MAX,
    description: 'A pixel stands for 2^zoom × 2^zoom cells; 0 if left out.',
  }).optional(),
  x: tile('First column of tiles; 0 if left out.', 0),
  y: tile('First row of tiles; 0 if left out.', 0),
  columns: tile('Columns of tiles; up to the edge of the world if left out.', 1),
  rows: tile('Rows of tiles; up to the edge of the world if left out.', 1),
  since: z
    .string()
    .regex(TILES_TAG, { error: 'expected 16 hexadecimal digits' })
    .optional()
    .openapi({ description: 'The tag of an answer that the client has.' }),
});

const cellsQuery = z.strictObject({
  x: cell('First column of cells.', 0),
  y: cell('First row of cells.', 0),
  width: cell('Width in cells; 1 if left out.', 1).optional(),
  height: cell('Height in cells; 1 if left out.', 1).optional(),
});

/** `GET /tiles` and `GET /cells`: the world as it is now, as pictures and cell by cell. */
export function tileRoutes(http: HttpOptions) {
  const { service } = http;
  const unread = ['COLONY_NOT_STARTED', 'NO_LEADER', 'BACKEND_UNREACHABLE', 'FRAMES_BUSY'] as const;
  const tilesRoute = createRoute({
    method: 'get',
    path: '/tiles',
    tags: ['watch'],
    summary: 'Tiles of the world, told against those that the client has',
    description: `Binary, laid out by services/protocol/wire/tile-codec.ts, which decodes it too: all tiles of a rectangle of tiles in one answer, at most ${PICTURE_MAX_BYTES} bytes of pixels. A tile has ${TILE_PIXELS} × ${TILE_PIXELS} pixels, fewer at the right and lower edge of the world; tile (x, y) begins at cell (x · ${TILE_PIXELS} · 2^zoom, y · ${TILE_PIXELS} · 2^zoom). A pixel shows the mean or the most frequent of the cells of its square. With \`since\` a tile is told as what changed; it is whole if the answer of that tag is not kept any more, or has no such tile. The tag and the least and greatest tick shown stand in the answer.`,
    middleware: answeredByLeader(http),
    request: { query: tilesQuery },
    responses: {
      200: {
        description:
          'The tiles, compressed by gzip if the client accepts that and is not on the same machine.',
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      ...problemResponses(
        ...(['TILES_OUTSIDE_WORLD', 'TILES_TOO_LARGE', 'TILES_UNAVAILABLE'] as const),
        ...unread,
      ),
    },
  });
  const cellsRoute = createRoute({
    method: 'get',
    path: '/cells',
    tags: ['watch'],
    summary: 'What is in some cells',
    description: `The cells of a rectangle, column by column of a table, row by row of the world; at most ${CELLS_READ_MAX}. The rectangle may reach across the edges of the world.`,
    middleware: answeredByLeader(http),
    request: { query: cellsQuery },
    responses: {
      200: { description: 'The cells.', content: json(named('Cells', cellsViewSchema)) },
      ...problemResponses('CELLS_OUTSIDE_WORLD', 'CELLS_TOO_MANY', ...unread),
    },
  });
  return new OpenAPIHono<HttpEnv>()
    .openapi(tilesRoute, async (c) => {
      const { layer, zoom = 0, x = 0, y = 0, since, ...asked } = c.req.valid('query');
      const spec = service.drawnWorld();
      const all = tilesOfWorld(spec, zoom);
      const columns = asked.columns ?? Math.max(1, all.columns - x);
      const rows = asked.rows ?? Math.max(1, all.rows - y);
      const range = { layer, zoom, x, y, columns, rows };
      assertTiles(range, spec);
      return answerBytes(c, await service.tiles(range, since));
    })
    .openapi(cellsRoute, async (c) => {
      const { x, y, width = 1, height = 1 } = c.req.valid('query');
      const rect = { x, y, width, height };
      assertCells(rect, service.drawnWorld());
      return c.json(await service.cells(rect), 200);
    });
}
