import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { RETRY_SOON } from '../../../platform/http/problem-answer.ts';
import { versionSchema } from '../../../protocol/api/public-api.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { problemResponses } from '../problems.ts';
import { json, named, noQuery } from '../requests/parameters.ts';

const seenFields = {
  id: z.string(),
  leads: z.boolean(),
  leaderAddress: z.string().nullable(),
};
const healthSchema = z.object({ status: z.literal('ok'), ...seenFields }).openapi('Health');
const unhealthySchema = z
  .object({ status: z.literal('unhealthy'), reason: z.string(), ...seenFields })
  .openapi('Unhealthy');

const readySchema = z.object({ status: z.literal('ready') }).openapi('Ready');
const notReadySchema = z
  .object({ status: z.literal('not-ready'), reason: z.string() })
  .openapi('NotReady');

const tags = ['this coordinator'];

const versionRoute = createRoute({
  method: 'get',
  path: '/version',
  tags,
  summary: 'What runs here',
  request: { query: noQuery },
  responses: {
    200: { description: 'The version.', content: json(named('Version', versionSchema)) },
    ...problemResponses(),
  },
});

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  tags,
  summary: 'Whether the process is fit to go on',
  description:
    'Not before it has been registered and has read the record once; nor when the record has not answered for 15 minutes. A platform may replace a process that is not.',
  request: { query: noQuery },
  responses: {
    200: { description: 'It is.', content: json(healthSchema) },
    ...problemResponses(),
    503: { description: 'It is not, and why.', content: json(unhealthySchema) },
  },
});

const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  tags,
  summary: 'Whether requests should be sent here',
  request: { query: noQuery },
  responses: {
    200: { description: 'Ready.', content: json(readySchema) },
    ...problemResponses(),
    503: { description: 'Not now, and why.', content: json(notReadySchema) },
  },
});

/** `GET /version`, `/healthz` and `/readyz`. */
export function healthRoutes({ service, version, id, unhealthy }: HttpOptions) {
  return new OpenAPIHono<HttpEnv>()
    .openapi(versionRoute, (c) => c.json(version, 200))
    .openapi(healthRoute, (c) => {
      const { leads, leaderAddress } = service.leadership();
      const seen = { id, leads, leaderAddress: leaderAddress ?? null };
      const reason = unhealthy?.();
      return reason === undefined
        ? c.json({ status: 'ok' as const, ...seen }, 200)
        : c.json({ status: 'unhealthy' as const, reason, ...seen }, 503, RETRY_SOON);
    })
    .openapi(readyRoute, (c) => {
      const reason = service.notReady();
      return reason === undefined
        ? c.json({ status: 'ready' as const }, 200)
        : c.json({ status: 'not-ready' as const, reason }, 503, RETRY_SOON);
    });
}
