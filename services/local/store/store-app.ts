import { Hono } from 'hono';
import type { z } from 'zod';
import { BodyBudget } from '../../platform/http/body-budget.ts';
import { hostGuard, pageGuard } from '../../platform/http/host-guard.ts';
import { problemAnswer } from '../../platform/http/problem-answer.ts';
import type { Log } from '../../platform/observability/log.ts';
import { asColonyError, jsonCall, type RpcServerOptions } from '../../platform/rpc/rpc-server.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { ReplayGuard } from '../../protocol/wire/rpc-auth.ts';
import {
  STORE_BOOT_ID,
  STORE_CALLS,
  STORED_TEXT_MAX_BYTES,
  type StoreCallName,
  type StoreReply,
  type StoreRequest,
  storePath,
} from '../../protocol/wire/store-calls.ts';
import { keyOf, RECORD_SORT_KEY, revisionOf } from './item-keys.ts';
import type { Store } from './store.ts';

export interface StoreAppOptions {
  store: Store;
  /** Of this launch. */
  secret: string;
  log: Log;
}

/** Of authentic calls, together: a few of the largest. */
const BODIES_MAX_BYTES = 8 * STORED_TEXT_MAX_BYTES;

/**
 * The HTTP of the embedded store, for the coordinators of its launch alone: whoever does not sign a
 * call with its secret is refused by the head of the request, and so is whatever comes from a page.
 */
export function createStoreApp({ store, secret, log }: StoreAppOptions): Hono {
  const options: RpcServerOptions = {
    secret,
    bootId: STORE_BOOT_ID,
    guard: new ReplayGuard(),
    bodies: new BodyBudget(BODIES_MAX_BYTES),
    log,
  };
  const app = new Hono();
  app.use(hostGuard({ ownAddresses: [] }), pageGuard);
  const serve = <C extends StoreCallName>(
    name: C,
    answer: (request: StoreRequest<C>) => Promise<StoreReply<C>>,
  ) => {
    const { request, maxRequestBytes } = STORE_CALLS[name];
    const schema = request as z.ZodType as z.ZodType<StoreRequest<C>>;
    const call = { request: schema, maxRequestBytes };
    app.post(
      storePath(name),
      jsonCall(options, name, call, (_, asked) => answer(asked)),
    );
  };

  serve('get', async ({ colonyName, sortKey }) =>
    reply(await store.get(keyOf(colonyName, sortKey))),
  );
  serve('put', async ({ colonyName, sortKey, text }) => {
    assertStorable(text);
    return store.write(keyOf(colonyName, sortKey), (stored) =>
      stored === undefined ? { put: text, answer: { text } } : { answer: { text: stored } },
    );
  });
  serve('replace', async ({ colonyName, seenRevision, text }) => {
    if (revisionOf(text) !== seenRevision + 1) {
      throw new ColonyError('BAD_REQUEST', `a record of revision ${seenRevision + 1} is expected`);
    }
    return store.write<StoreReply<'replace'>>(keyOf(colonyName, RECORD_SORT_KEY), (stored) =>
      (stored === undefined ? 0 : revisionOf(stored)) === seenRevision
        ? { put: text, answer: { ok: true } }
        : { answer: { ok: false, ...reply(stored) } },
    );
  });
  serve('list', async ({ colonyName, prefix, from, limit, reverse }) => ({
    texts: await store.list({
      from: keyOf(colonyName, from < prefix ? prefix : from),
      before: keyOf(colonyName, prefix + AFTER_ALL),
      limit,
      reverse,
    }),
  }));
  serve('remove', async ({ colonyName, sortKeys }) => {
    const removal = { put: null, answer: undefined };
    await Promise.all(
      sortKeys.map((sortKey) => store.write(keyOf(colonyName, sortKey), () => removal)),
    );
    return {};
  });

  app.notFound((c) => problemAnswer(new ColonyError('NOT_FOUND', `there is no ${c.req.path}`)));
  app.onError((error, { req: { method, path } }) =>
    problemAnswer(asColonyError(error, { method, path }, log)),
  );
  return app;
}

/** Sort keys are printable ASCII: this is above all of it. */
const AFTER_ALL = '\u007f';

const reply = (text: string | undefined): { text?: string } => (text === undefined ? {} : { text });

function assertStorable(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= STORED_TEXT_MAX_BYTES) return;
  throw new ColonyError(
    'BODY_TOO_LARGE',
    `the text has ${bytes} bytes, at most ${STORED_TEXT_MAX_BYTES} are stored`,
  );
}
