import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { runAnswerSchema, scaleAnswerSchema } from '../../../protocol/api/public-api.ts';
import { BACKENDS_MAX, STEP_MAX_TICKS } from '../../../protocol/common/limits.ts';
import { HANDLED_KEYS_MAX, PACE_BOUNDS } from '../../../protocol/record/colony-record.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { answeredByLeader } from '../leader-forwarding.ts';
import { ON_CHANGES, problemResponses } from '../problems.ts';
import {
  IDEMPOTENCY_KEY_ERRORS,
  idempotencyKeyHeader,
  idempotencyKeyOf,
  idempotencyKeyParameter,
} from '../requests/idempotency-key.ts';
import { jsonBody } from '../requests/json-body.ts';
import { integerParameter, json, named, noQuery } from '../requests/parameters.ts';

const [PACE_MIN, PACE_MAX] = PACE_BOUNDS;

const paceExpected = {
  error: `expected a number from ${PACE_MIN} to ${PACE_MAX}, or null for unlimited`,
};

/** Body of `PUT /colony-pace`; `unlimited` means null. */
const paceBodySchema = z.strictObject({
  ticksPerSecond: z
    .union(
      [
        z.number().min(PACE_MIN, paceExpected).max(PACE_MAX, paceExpected),
        z.null(),
        z.literal('unlimited').transform(() => null),
      ],
      paceExpected,
    )
    .openapi({
      type: ['number', 'null'],
      minimum: PACE_MIN,
      maximum: PACE_MAX,
      description: 'null (or "unlimited"): as fast as possible.',
      example: 60,
    }),
});

const backendsExpected = { error: `expected a whole number from 1 to ${BACKENDS_MAX}` };

/** Body of `PUT /colony-scale`. */
const scaleBodySchema = z.strictObject({
  backends: z
    .int(backendsExpected)
    .min(1, backendsExpected)
    .max(BACKENDS_MAX, backendsExpected)
    .openapi({ description: 'How many backends there should be.', example: 4 }),
});

/** `POST /colony-pause`, `-resume`, `-step`, `PUT /colony-pace` and `-scale`: the leader answers. */
export function runRoutes(http: HttpOptions) {
  const { service } = http;
  const app = new OpenAPIHono<HttpEnv>();
  app.openAPIRegistry.register('PaceRequest', paceBodySchema.clone());
  app.openAPIRegistry.register('ScaleRequest', scaleBodySchema.clone());

  const middleware = answeredByLeader(http);
  const tags = ['run'];
  const ran = {
    200: {
      description: 'How the colony runs from `effectiveTick` on.',
      content: json(named('RunAnswer', runAnswerSchema)),
    },
  };
  const refusals = [
    'COLONY_NOT_STARTED',
    'COLONY_FAILED',
    'STEERING_BUSY',
    'NO_LEADER',
    'STORE_UNAVAILABLE',
    ...ON_CHANGES,
  ] as const;
  const responses = { ...ran, ...problemResponses(...refusals) };

  return app
    .openapi(
      createRoute({
        method: 'post',
        path: '/colony-pause',
        tags,
        summary: 'Pause the colony',
        description: 'Answers with the tick at which it stands still.',
        middleware,
        request: { query: noQuery },
        responses,
      }),
      async (c) => c.json(await service.pause(), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/colony-resume',
        tags,
        summary: 'Resume a paused colony',
        middleware,
        request: { query: noQuery },
        responses,
      }),
      async (c) => c.json(await service.resume(), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/colony-step',
        tags,
        summary: 'Let a paused colony do some ticks',
        description: `A repetition with the same key does not step again, one with other ticks is refused. The colony remembers the keys of its newest ${HANDLED_KEYS_MAX} steps: an older one steps again.`,
        middleware,
        request: {
          query: z.strictObject({
            ticks: integerParameter({
              min: 1,
              max: STEP_MAX_TICKS,
              description: 'How many ticks; 1 if left out.',
            }).optional(),
            idempotency_key: idempotencyKeyParameter,
          }),
          headers: idempotencyKeyHeader,
        },
        responses: {
          ...ran,
          ...problemResponses(
            ...IDEMPOTENCY_KEY_ERRORS,
            'IDEMPOTENCY_KEY_REUSED',
            'COLONY_NOT_PAUSED',
            ...refusals,
          ),
        },
      }),
      async (c) => {
        const { ticks = 1 } = c.req.valid('query');
        return c.json(await service.step({ key: idempotencyKeyOf(c), ticks }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/colony-pace',
        tags,
        summary: 'Set the pace',
        middleware,
        request: {
          query: noQuery,
          body: {
            required: true,
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/PaceRequest' } },
            },
          },
        },
        responses,
      }),
      async (c) => {
        const { ticksPerSecond } = await jsonBody(c, paceBodySchema);
        return c.json(await service.setPace(ticksPerSecond), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/colony-scale',
        tags,
        summary: 'Scale the backends',
        description:
          'The colony remembers the number until it is stopped. Backends come and go by themselves after that: `wantedBackends` and `backends` of `GET /colony` show how far it is. More of them than the world has shards hold nothing.',
        middleware,
        request: {
          query: noQuery,
          body: {
            required: true,
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/ScaleRequest' } },
            },
          },
        },
        responses: {
          200: {
            description: 'How many backends are wanted now, and how many were before.',
            content: json(named('ScaleAnswer', scaleAnswerSchema)),
          },
          ...problemResponses(...refusals, 'WORLD_TOO_LARGE'),
        },
      }),
      async (c) => {
        const { backends } = await jsonBody(c, scaleBodySchema);
        return c.json(await service.scale(backends), 200);
      },
    );
}
