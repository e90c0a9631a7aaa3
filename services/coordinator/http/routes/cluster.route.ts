import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { clusterHistorySchema } from '../../../protocol/api/cluster-history.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { answeredByLeader } from '../leader-forwarding.ts';
import { problemResponses } from '../problems.ts';
import { acceptsGzip, matchesEtag, weakEtag } from '../requests/content-negotiation.ts';
import { integerParameter, json, named } from '../requests/parameters.ts';

const compress = promisify(gzip);

/** `GET /cluster`: how the processes of the colony did in the last half an hour. */
export function clusterRoutes(http: HttpOptions) {
  const { service } = http;
  const route = createRoute({
    method: 'get',
    path: '/cluster',
    tags: ['watch'],
    summary: 'How the backends did in the last half an hour',
    description:
      'In columns: a value for each point of time, every 2 s for the last 5 minutes and every 20 s before, and null where it was not known. The leader keeps it in memory, from the beginning of its lead on: another leader begins anew, which `begins` and `epoch` tell.',
    middleware: answeredByLeader(http),
    request: {
      query: z.strictObject({
        since: integerParameter({
          min: 0,
          max: Number.MAX_SAFE_INTEGER,
          description:
            'Only points after this one: milliseconds since `begins`, as `elapsedMs` of an earlier answer of the same `epoch` gave them.',
        }).optional(),
      }),
    },
    responses: {
      200: {
        description: 'The history, compressed by gzip if the client accepts that.',
        headers: { ETag: { schema: { type: 'string' }, description: 'Changes with the history.' } },
        content: json(named('ClusterHistory', clusterHistorySchema)),
      },
      304: { description: 'There is nothing new since the answer that If-None-Match names.' },
      ...problemResponses('NO_LEADER'),
    },
  });
  return new OpenAPIHono<HttpEnv>().openapi(route, async (c) => {
    const { since = -1 } = c.req.valid('query');
    const { etag, history } = await service.clusterHistory(since);
    const tag = weakEtag(etag);
    c.header('ETag', tag);
    c.header('Vary', 'Accept-Encoding');
    c.header('Cache-Control', 'no-cache');
    if (matchesEtag(c.req.header('If-None-Match'), tag)) return c.body(null, 304);
    if (!acceptsGzip(c.req.header('Accept-Encoding'))) return c.json(history, 200);
    c.header('Content-Encoding', 'gzip');
    c.header('Content-Type', 'application/json');
    const bytes = await compress(JSON.stringify(history));
    // The contract's type is of what it is once it is decompressed.
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200) as never;
  });
}
