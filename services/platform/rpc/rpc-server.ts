import type { HttpBindings } from '@hono/node-server';
import type { Context, Handler } from 'hono';
import type { z } from 'zod';
import { ColonyError, PROBLEM_CONTENT_TYPE, problemOf } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { RPC, type RpcMethodName, type RpcReply } from '../../protocol/wire/rpc.ts';
import { type Call, signAnswer, verifyCall } from '../../protocol/wire/rpc-auth.ts';
import type { BodyBudget } from '../http/body-budget.ts';
import { readBoundedBody } from '../http/bounded-body.ts';
import { vouchFor } from '../http/connection-bounds.ts';
import type { Log } from '../observability/log.ts';
import { readTraceparent, type Tracing, traced as tracedCall } from '../observability/tracing.ts';
import { type CallReceiver, receiveBody } from './call-receiver.ts';

export interface RpcServerOptions extends CallReceiver {
  secret: string;
  log: Log;
  /** Bounds what all bodies take together, while they come. @default only each by itself */
  bodies?: BodyBudget;
  /** Told of calls that name the span to which they belong. @default nobody is */
  tracing?: Tracing | undefined;
}

/** What a handler answers with status 200. */
export type RpcAnswer = { json: unknown } | { bytes: Uint8Array };

/**
 * A Hono handler for one signed call: checks signature, target and replay by the head, reads the body up
 * to its bound, checks that too, runs `handle`, signs the answer. A ColonyError becomes its problem document, any other error INTERNAL;
 * what fails before the signature is known to be good is answered unsigned.
 *
 * The fence is not looked at here: `handle` compares `call.fence` with what its process has seen.
 */
export function rpcHandler(
  options: RpcServerOptions,
  maxBodyBytes: number,
  handle: (call: Call, body: Uint8Array) => RpcAnswer | Promise<RpcAnswer>,
): Handler {
  const { secret, log, tracing } = options;
  return async (context) => {
    const { method, path } = context.req;
    let callMac: string | undefined;
    const answer = (status: number, body: Uint8Array, contentType: string): Response => {
      const signed = callMac === undefined ? {} : signAnswer(secret, callMac, status, body);
      // Nothing is kept for a stranger, not even the connection.
      const kept = callMac === undefined ? { connection: 'close' } : {};
      const headers = { ...signed, ...kept, 'content-type': contentType };
      return new Response(body as Uint8Array<ArrayBuffer>, { status, headers });
    };
    try {
      const signed = verifyCall(secret, (name) => context.req.header(name), method, path);
      callMac = signed.mac;
      const read = () => readBoundedBody(context.req.raw, maxBodyBytes, options.bodies);
      const body = await receiveBody(options, signed, read);
      vouchForCaller(context);
      const parent = readTraceparent(context.req.header('traceparent'));
      const traced = parent === undefined ? undefined : tracing;
      const answered = async () => handle(signed.call, body);
      const result = await tracedCall(traced, `answer ${path}`, {}, answered, parent);
      if ('bytes' in result) return answer(200, result.bytes, 'application/octet-stream');
      return answer(200, encode(result.json), 'application/json');
    } catch (error) {
      const problem = problemOf(asColonyError(error, { method, path }, log));
      return answer(problem.status, encode(problem), PROBLEM_CONTENT_TYPE);
    }
  };
}

/**
 * A Hono handler for one method of the RPC table: `jsonCall` with its bounds and schema.
 *
 * @example app.post(rpcPath('ping'), rpcMethod(options, 'ping', (call) => status(call.fence)))
 */
export function rpcMethod<M extends RpcMethodName>(
  options: RpcServerOptions,
  method: M,
  handle: (
    call: Call,
    request: z.output<(typeof RPC)[M]['request']>,
  ) => RpcReply<M> | Promise<RpcReply<M>>,
): Handler {
  type Request = z.output<(typeof RPC)[M]['request']>;
  const { request, maxRequestBytes } = RPC[method];
  const schema = request as z.ZodType as z.ZodType<Request>;
  return jsonCall(options, method, { request: schema, maxRequestBytes }, handle);
}

/**
 * `rpcHandler` with a request in JSON that is checked by its schema (BAD_REQUEST names the field). A
 * reply that is a Uint8Array goes as bytes, any other as JSON.
 */
export function jsonCall<T>(
  options: RpcServerOptions,
  name: string,
  { request: schema, maxRequestBytes }: { request: z.ZodType<T>; maxRequestBytes: number },
  handle: (call: Call, request: T) => unknown,
): Handler {
  return rpcHandler(options, maxRequestBytes, async (call, body) => {
    const value = parseJson(body);
    if (value === undefined) throw new ColonyError('BAD_REQUEST', 'the body is not JSON');
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const field = issue?.path.join('.') || 'the body';
      throw new ColonyError('BAD_REQUEST', `${name}: ${field}: ${issue?.message}`);
    }
    const reply = await handle(call, parsed.data);
    return reply instanceof Uint8Array ? { bytes: reply } : { json: reply };
  });
}

/** Of the adapter of Node; elsewhere there is no connection. */
function vouchForCaller(context: Context): void {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>;
  if (incoming !== undefined) vouchFor(incoming.socket);
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Notes in the log how a call failed; what is no ColonyError becomes INTERNAL. */
export function asColonyError(error: unknown, where: object, log: Log): ColonyError {
  if (!(error instanceof ColonyError)) {
    log.error({ ...where, err: error }, 'A call failed with an unexpected error.');
    return new ColonyError('INTERNAL', 'an unexpected error, see the log', { cause: error });
  }
  const fields = { ...where, code: error.code, detail: error.message };
  if (error.code === 'RPC_UNAUTHENTICATED' || error.code === 'RPC_REPLAYED') {
    log.warn(fields, 'A call was refused.');
  } else {
    log.debug(fields, 'A call was answered with a problem.');
  }
  return error;
}
