import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { startAnswerSchema, stopAnswerSchema } from '../../../protocol/api/public-api.ts';
import { clientSpecSchema } from '../../../protocol/colony/spec.ts';
import { RETIRED_KEYS_MAX } from '../../../protocol/record/colony-record.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { ON_CHANGES, problemResponses } from '../problems.ts';
import {
  IDEMPOTENCY_KEY_ERRORS,
  idempotencyKeyHeader,
  idempotencyKeyOf,
  idempotencyKeyParameter,
} from '../requests/idempotency-key.ts';
import { jsonBody } from '../requests/json-body.ts';
import { json, named } from '../requests/parameters.ts';

/** Longest time that a start may wait: what a gateway in front lets through. */
const WAIT_MAX_S = 25;

const waitParameter = z
  .string()
  .regex(/^\d{1,2}(\.\d{1,3})?$/, {
    error: `expected seconds from 0 to ${WAIT_MAX_S}`,
    abort: true,
  })
  .transform(Number)
  .refine((seconds) => seconds <= WAIT_MAX_S, {
    error: `expected seconds from 0 to ${WAIT_MAX_S}`,
  })
  .openapi({
    type: 'number',
    minimum: 0,
    maximum: WAIT_MAX_S,
    description: 'Hold the answer for at most this many seconds, until the colony is started.',
  });

const answer = named('StartAnswer', startAnswerSchema);

const startRoute = createRoute({
  method: 'post',
  path: '/colony-start',
  tags: ['start and stop'],
  summary: 'Start the colony, exactly once',
  description: `Answered by every coordinator, before any work starts.

| stored | same key | other key |
|---|---|---|
| no colony | 202 initiated | 202 initiated |
| start in progress | 202 in progress; with \`wait\` held until 200 or 503 | 409 |
| started | 200 idempotent | 409 |
| the key's colony was stopped | 409 | – |

The same key with another body is refused with 422. After a failed start the same key may be used again.
The keys of the newest ${RETIRED_KEYS_MAX} stopped colonies are remembered: an older one starts a colony again.`,
  request: {
    query: z.strictObject({
      idempotency_key: idempotencyKeyParameter,
      wait: waitParameter.optional(),
    }),
    headers: idempotencyKeyHeader,
    // A reference, not a schema: the handler checks the body, which may be absent.
    body: {
      required: false,
      description: 'The world to start; what is left out is the default of the coordinator.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ClientSpec' } } },
    },
  },
  responses: {
    200: { description: 'Already started with this key (idempotent).', content: json(answer) },
    202: { description: 'Initiated, or in progress with this key.', content: json(answer) },
    ...problemResponses(
      ...IDEMPOTENCY_KEY_ERRORS,
      'SPEC_INVALID',
      'WORLD_TOO_LARGE',
      'COLONY_START_IN_PROGRESS',
      'COLONY_ALREADY_STARTED',
      'IDEMPOTENCY_KEY_RETIRED',
      'IDEMPOTENCY_KEY_REUSED',
      'COLONY_START_FAILED',
      'STORE_UNAVAILABLE',
      ...ON_CHANGES,
    ),
  },
});

const stopRoute = createRoute({
  method: 'post',
  path: '/colony-stop',
  tags: ['start and stop'],
  summary: 'Stop one instance of the colony',
  description: 'Names the instance that is to be stopped; one that is already stopped answers 200.',
  request: {
    query: z.strictObject({
      colony_instance_id: z
        .string()
        .min(1)
        .max(128)
        .openapi({ description: '`colonyInstanceId` of GET /colony.' }),
    }),
  },
  responses: {
    200: { description: 'Stopped.', content: json(named('StopAnswer', stopAnswerSchema)) },
    ...problemResponses(
      'COLONY_INSTANCE_MISMATCH',
      'COLONY_NOT_STARTED',
      'STORE_UNAVAILABLE',
      ...ON_CHANGES,
    ),
  },
});

/** `POST /colony-start` and `POST /colony-stop`: every coordinator answers them itself. */
export function startRoutes({ service }: HttpOptions) {
  const app = new OpenAPIHono<HttpEnv>();
  app.openAPIRegistry.register('ClientSpec', clientSpecSchema.clone());
  return app
    .openapi(startRoute, async (c) => {
      const { wait } = c.req.valid('query');
      const key = idempotencyKeyOf(c);
      const spec = await jsonBody(c, clientSpecSchema, { ifEmpty: {}, code: 'SPEC_INVALID' });
      const waitMs = Math.round((wait ?? 0) * 1000);
      const { httpStatus, answer: body } = await service.start({ key, spec, waitMs });
      return c.json(body, httpStatus);
    })
    .openapi(stopRoute, async (c) => {
      const { colony_instance_id: colonyInstanceId } = c.req.valid('query');
      return c.json(await service.stop(colonyInstanceId), 200);
    });
}
