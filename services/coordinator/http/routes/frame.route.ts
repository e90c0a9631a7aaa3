import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { assertPicture, PICTURE_MAX_BYTES } from '../../../protocol/wire/picture-codec.ts';
import { LAYERS } from '../../../world/measuring/layers.ts';
import { WORLD_BOUNDS } from '../../../world/spec/spec.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { answeredByLeader } from '../leader-forwarding.ts';
import { problemResponses } from '../problems.ts';
import { acceptsGzip, matchesEtag, weakEtag } from '../requests/content-negotiation.ts';
import { integerParameter } from '../requests/parameters.ts';

const SIDE_MAX = Math.max(WORLD_BOUNDS.width[1], WORLD_BOUNDS.height[1]);
const compress = promisify(gzip);

/** Those who share a picture share its compressed bytes. */
const compressed = new WeakMap<Uint8Array, Promise<Uint8Array>>();

function compressedOnce(picture: Uint8Array): Promise<Uint8Array> {
  const known = compressed.get(picture) ?? compress(picture, { level: 1 });
  compressed.set(picture, known);
  return known;
}

const side = (description: string, min: number) =>
  integerParameter({ min, max: SIDE_MAX, description }).optional();

const query = z.strictObject({
  layer: z
    .enum(LAYERS, { error: `expected one of ${LAYERS.join(', ')}` })
    .default('colour')
    .openapi({ description: 'What the pixels show.' }),
  x: side('First column of cells; 0 if left out.', 0),
  y: side('First row of cells; 0 if left out.', 0),
  width: side('Width in cells; up to the edge of the world if left out.', 1),
  height: side('Height in cells; up to the edge of the world if left out.', 1),
  scale: side('One pixel per scale × scale cells; 1 if left out.', 1),
});

/** `GET /frame`: a picture of a part of the world. */
export function frameRoutes(http: HttpOptions) {
  const { service } = http;
  const route = createRoute({
    method: 'get',
    path: '/frame',
    tags: ['watch'],
    summary: 'A picture of a part of the world',
    description: `Binary, little-endian, at most ${PICTURE_MAX_BYTES} bytes of pixels: a header of 48 bytes (magic "DCFR", version, layer, bytes per pixel, x, y, width, height, scale, least and greatest tick shown, columns, rows), then the pixels row by row. The tag changes with the ticks shown.`,
    middleware: answeredByLeader(http),
    request: { query },
    responses: {
      200: {
        description: 'The frame, compressed by gzip if the client accepts that.',
        headers: { ETag: { schema: { type: 'string' }, description: 'Changes with the tick.' } },
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      304: { description: 'The frame that If-None-Match names is still the newest.' },
      ...problemResponses(
        'FRAME_OUTSIDE_WORLD',
        'FRAME_TOO_LARGE',
        'COLONY_NOT_STARTED',
        'NO_LEADER',
        'BACKEND_UNREACHABLE',
        'FRAMES_BUSY',
      ),
    },
  });
  return new OpenAPIHono<HttpEnv>().openapi(route, async (c) => {
    const { layer, x = 0, y = 0, scale = 1, ...asked } = c.req.valid('query');
    const spec = service.drawnWorld();
    const width = asked.width ?? Math.max(1, spec.width - x);
    const height = asked.height ?? Math.max(1, spec.height - y);
    const rect = { x, y, width, height, scale };
    assertPicture(layer, rect, spec);

    const { etag, picture } = await service.picture(layer, rect);
    const tag = weakEtag(etag);
    c.header('ETag', tag);
    c.header('Vary', 'Accept-Encoding');
    c.header('Cache-Control', 'no-cache');
    if (matchesEtag(c.req.header('If-None-Match'), tag)) return c.body(null, 304);
    c.header('Content-Type', 'application/octet-stream');
    if (!acceptsGzip(c.req.header('Accept-Encoding'))) return c.body(toBody(picture), 200);
    c.header('Content-Encoding', 'gzip');
    return c.body(toBody(await compressedOnce(picture)), 200);
  });
}

/** Response wants bytes that are not shared. */
const toBody = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>;
