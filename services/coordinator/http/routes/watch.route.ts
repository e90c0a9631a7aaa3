import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  checkpointViewSchema,
  colonyViewSchema,
  topologyViewSchema,
} from '../../../protocol/api/public-api.ts';
import { digestEntrySchema } from '../../../protocol/colony/sampling.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { answeredByLeader } from '../leader-forwarding.ts';
import { problemResponses } from '../problems.ts';
import { integerParameter, json, named, noQuery } from '../requests/parameters.ts';

const DIGESTS_DEFAULT = 30;
const DIGESTS_LIMIT = 1_000;
const FROM_MAX = Number.MAX_SAFE_INTEGER;

const tags = ['watch'];

const topologyRoute = createRoute({
  method: 'get',
  path: '/topology',
  tags,
  summary: 'Which backend holds which shards',
  request: { query: noQuery },
  responses: {
    200: {
      description: 'The topology, or that it is being made.',
      content: json(named('Topology', topologyViewSchema)),
    },
    ...problemResponses('TOPOLOGY_NOT_FOUND', 'STORE_UNAVAILABLE'),
  },
});

const digestsRoute = createRoute({
  method: 'get',
  path: '/digests',
  tags,
  summary: 'Digests of the whole world',
  description:
    'Every 100th tick from 0; all are kept. The newest ones, newest first; with `from` those from that tick on in the order of their ticks, so that the next page is from the last tick + 1.',
  request: {
    query: z.strictObject({
      from: integerParameter({
        min: 0,
        max: FROM_MAX,
        description: 'The first tick of interest.',
      }).optional(),
      limit: integerParameter({
        min: 1,
        max: DIGESTS_LIMIT,
        description: `At most this many; ${DIGESTS_DEFAULT} if left out.`,
      }).optional(),
    }),
  },
  responses: {
    200: {
      description: 'Digests: newest first, or with `from` in the order of their ticks.',
      content: json(z.array(named('Digest', digestEntrySchema))),
    },
    ...problemResponses('STORE_UNAVAILABLE'),
  },
});

const checkpointsRoute = createRoute({
  method: 'get',
  path: '/checkpoints',
  tags,
  summary: 'The checkpoints that are kept',
  description:
    'Newest first. From the newest one a world that is lost starts again; older ones are thinned, so that their ages grow geometrically.',
  request: { query: noQuery },
  responses: {
    200: {
      description: 'Checkpoints, newest first; none before the first.',
      content: json(z.array(named('Checkpoint', checkpointViewSchema))),
    },
    ...problemResponses('STORE_UNAVAILABLE'),
  },
});

/** `GET /colony`, `/topology`, `/checkpoints` and `/digests`. */
export function watchRoutes(http: HttpOptions) {
  const { service } = http;
  return new OpenAPIHono<HttpEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/colony',
        tags,
        summary: 'The colony as it is now',
        description: 'From the leader; while it does not answer, what the record says.',
        middleware: answeredByLeader(http, { orAnswerHere: true }),
        request: { query: noQuery },
        responses: {
          200: { description: 'The colony.', content: json(named('Colony', colonyViewSchema)) },
          ...problemResponses('STORE_UNAVAILABLE'),
        },
      }),
      async (c) => c.json(await service.view(), 200),
    )
    .openapi(topologyRoute, async (c) => c.json(await service.topology(), 200))
    .openapi(checkpointsRoute, async (c) => c.json(await service.checkpoints(), 200))
    .openapi(digestsRoute, async (c) => {
      const { from, limit = DIGESTS_DEFAULT } = c.req.valid('query');
      const entries = await service.digests({ limit, ...(from !== undefined && { from }) });
      return c.json(entries, 200);
    });
}
