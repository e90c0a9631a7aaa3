import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { colonyEventSchema, eventRequestSchema } from '../../../protocol/colony/colony-event.ts';
import { EVENTS_MAX } from '../../../protocol/common/limits.ts';
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

const EVENTS_DEFAULT = 30;
const EVENTS_LIMIT = 1_000;
const FROM_MAX = Number.MAX_SAFE_INTEGER;

const tags = ['events'];

/** `GET` and `POST /colony-events`, `DELETE /colony-events/{sequence}`. */
export function eventRoutes(http: HttpOptions) {
  const { service } = http;
  const app = new OpenAPIHono<HttpEnv>();
  app.openAPIRegistry.register('EventRequest', eventRequestSchema.clone());
  const event = named('ColonyEvent', colonyEventSchema);

  return app
    .openapi(
      createRoute({
        method: 'get',
        path: '/colony-events',
        tags,
        summary: 'The events of the world, those that happened and those to come',
        description:
          'Random events below the horizon and all injected ones, in the order in which they apply. Without `from` half of `limit` for the newest that happened and half for the next to come; what one half leaves free the other takes. With `from` whole ticks from that one on, so that the next page is from the last tick + 1.',
        middleware: answeredByLeader(http, { orAnswerHere: true }),
        request: {
          query: z.strictObject({
            from: integerParameter({
              min: 0,
              max: FROM_MAX,
              description: 'The first tick of interest.',
            }).optional(),
            limit: integerParameter({
              min: 1,
              max: EVENTS_LIMIT,
              description: `At most this many, more only where one tick has more; ${EVENTS_DEFAULT} if left out.`,
            }).optional(),
          }),
        },
        responses: {
          200: {
            description: 'Events: by tick, random before injected ones, those by sequence.',
            content: json(z.array(event)),
          },
          ...problemResponses('STORE_UNAVAILABLE'),
        },
      }),
      async (c) => {
        const { from, limit = EVENTS_DEFAULT } = c.req.valid('query');
        const events = await service.events({ limit, ...(from !== undefined && { from }) });
        return c.json(events, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/colony-events',
        tags,
        summary: 'Inject an event',
        description:
          'What the body leaves out is drawn. Without a tick the event comes as soon as it can: at the first tick above what backends may have been told to run. A repetition with the same key answers the same event, however much later.',
        middleware: answeredByLeader(http),
        request: {
          query: z.strictObject({ idempotency_key: idempotencyKeyParameter }),
          headers: idempotencyKeyHeader,
          body: {
            required: true,
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/EventRequest' } },
            },
          },
        },
        responses: {
          200: { description: 'The event, nothing left open.', content: json(event) },
          ...problemResponses(
            ...IDEMPOTENCY_KEY_ERRORS,
            'IDEMPOTENCY_KEY_REUSED',
            'EVENT_TICK_PASSED',
            'EVENT_TICK_TOO_FAR',
            'EVENT_TICK_FULL',
            'EVENT_LOG_FULL',
            'EVENTS_PENDING',
            'COLONY_NOT_STARTED',
            'COLONY_FAILED',
            'NO_LEADER',
            'STORE_UNAVAILABLE',
            ...ON_CHANGES,
          ),
        },
      }),
      async (c) => {
        const key = idempotencyKeyOf(c);
        const request = await jsonBody(c, eventRequestSchema);
        return c.json(await service.inject({ key, request }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/colony-events/{sequence}',
        tags,
        summary: 'Cancel an injected event before it happens',
        description:
          'Possible until backends may run to its tick. It stays listed, as cancelled. A repetition answers the same.',
        middleware: answeredByLeader(http),
        request: {
          query: noQuery,
          params: z.strictObject({
            sequence: integerParameter({
              min: 1,
              max: EVENTS_MAX,
              description: 'Of the event, as GET /colony-events gives it.',
            }),
          }),
        },
        responses: {
          200: { description: 'The event, cancelled.', content: json(event) },
          ...problemResponses(
            'EVENT_NOT_FOUND',
            'EVENT_HAPPENED',
            'EVENT_LOG_FULL',
            'EVENTS_PENDING',
            'COLONY_NOT_STARTED',
            'COLONY_FAILED',
            'NO_LEADER',
            'STORE_UNAVAILABLE',
            ...ON_CHANGES,
          ),
        },
      }),
      async (c) => c.json(await service.cancelEvent(c.req.valid('param').sequence), 200),
    );
}
