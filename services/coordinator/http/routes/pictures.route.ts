import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { storedPicturesSchema } from '../../../protocol/api/public-api.ts';
import { TICK_MAX } from '../../../protocol/common/limits.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { problemResponses } from '../problems.ts';
import { matchesEtag } from '../requests/content-negotiation.ts';
import { integerParameter, json, named } from '../requests/parameters.ts';

const LIMIT_MAX = 2_000;
const tags = ['watch'];

const tickParameter = (description: string) =>
  integerParameter({ min: 0, max: TICK_MAX, description });

const listRoute = createRoute({
  method: 'get',
  path: '/pictures',
  tags,
  summary: 'The stored pictures of the world through time',
  description:
    'In the order of their ticks: creatures in their colours over the food. They are made of checkpoints, closely for the last half an hour, and the sparser the older they are. With `near` the nearest ones to a tick, at most `limit`.',
  request: {
    query: z.strictObject({
      from: tickParameter('The first tick of interest.').optional(),
      to: tickParameter('The last tick of interest.').optional(),
      near: tickParameter('The nearest ones to this tick; 1 unless limit says more.').optional(),
      limit: integerParameter({
        min: 1,
        max: LIMIT_MAX,
        description: 'At most this many, the newest; with near the nearest. All if left out.',
      }).optional(),
    }),
  },
  responses: {
    200: {
      description: 'The pictures, in the order of their ticks.',
      content: json(named('StoredPictures', storedPicturesSchema)),
    },
    ...problemResponses('COLONY_NOT_STARTED', 'STORE_UNAVAILABLE'),
  },
});

const pictureRoute = createRoute({
  method: 'get',
  path: '/pictures/{tick}',
  tags,
  summary: 'A stored picture of the world',
  description:
    'A PNG; pixel (i, j) shows the cell (i · scale, j · scale). It never changes: with `colony_instance_id` it may be kept for ever, else it is asked for again whether the colony is still the same.',
  request: {
    params: z.strictObject({ tick: tickParameter('One that GET /pictures lists.') }),
    query: z.strictObject({
      colony_instance_id: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .openapi({ description: 'The colony that it must be of.' }),
    }),
  },
  responses: {
    200: {
      description: 'The picture.',
      headers: { ETag: { schema: { type: 'string' }, description: 'Names colony and tick.' } },
      content: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
    },
    304: { description: 'The picture that If-None-Match names is still that of this tick.' },
    ...problemResponses('PICTURE_NOT_FOUND', 'COLONY_NOT_STARTED', 'STORE_UNAVAILABLE'),
  },
});

/** `GET /pictures` and `/pictures/{tick}`, which any coordinator answers. */
export function pictureRoutes({ service }: HttpOptions) {
  return new OpenAPIHono<HttpEnv>()
    .openapi(listRoute, async (c) => {
      const { colonyInstanceId, format, pictures } = await service.pictures.list();
      const { scale, columns: width, rows: height } = format;
      const shown = chosen(pictures, c.req.valid('query')).map(({ tick, sizeBytes }) => {
        return { tick, width, height, sizeBytes };
      });
      c.header('Cache-Control', 'no-cache');
      return c.json({ colonyInstanceId, scale, pictures: shown }, 200);
    })
    .openapi(pictureRoute, async (c) => {
      const { tick } = c.req.valid('param');
      const { colony_instance_id: instance } = c.req.valid('query');
      const { colonyInstanceId, png } = await service.pictures.get(tick, instance);
      const tag = `"${colonyInstanceId}-${tick}"`;
      c.header('ETag', tag);
      c.header(
        'Cache-Control',
        instance === undefined ? 'no-cache' : 'public, max-age=31536000, immutable',
      );
      if (matchesEtag(c.req.header('If-None-Match'), tag)) return c.body(null, 304);
      c.header('Content-Type', 'image/png');
      return c.body(png as Uint8Array<ArrayBuffer>, 200);
    });
}

/** @param pictures ascending by tick, as the answer is. */
function chosen<T extends { readonly tick: number }>(
  pictures: readonly T[],
  query: { from?: number; to?: number; near?: number; limit?: number },
): T[] {
  const { from = 0, to = TICK_MAX, near, limit = near === undefined ? LIMIT_MAX : 1 } = query;
  const within = pictures.filter(({ tick }) => tick >= from && tick <= to);
  if (near === undefined) return within.slice(-limit);
  const away = ({ tick }: T) => Math.abs(tick - near);
  return within
    .sort((a, b) => away(a) - away(b))
    .slice(0, limit)
    .sort((a, b) => a.tick - b.tick);
}
