import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { METRICS_CONTENT_TYPE } from '../../../platform/observability/process-metrics.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { problemResponses } from '../problems.ts';
import { noQuery } from '../requests/parameters.ts';

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['this coordinator'],
  summary: 'Metrics for Prometheus',
  description:
    'In its text format 0.0.4. A backend answers the same at its own port. Like `/healthz` it needs no secret and tells none.',
  request: { query: noQuery },
  responses: {
    200: {
      description: 'The metrics of this process.',
      content: { 'text/plain': { schema: z.string() } },
    },
    ...problemResponses(),
  },
});

/** `GET /metrics`. */
export function metricsRoutes({ service }: HttpOptions) {
  return new OpenAPIHono<HttpEnv>().openapi(metricsRoute, async (c) =>
    c.text(await service.metrics(), 200, { 'Content-Type': METRICS_CONTENT_TYPE }),
  );
}
