import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../protocol/common/error-codes.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import {
  HALO_PATH,
  HALO_PROTOCOL,
  haloKey,
  NONCE_BYTES,
  NONCE_HEADER,
  readNonce,
  signHello,
} from '../../protocol/wire/halo-handshake.ts';
import { PICTURE_HEADER_BYTES, PICTURE_MAX_BYTES } from '../../protocol/wire/picture-codec.ts';
import {
  RPC,
  type RpcMethodName,
  type RpcReply,
  type RpcRequest,
  replyBoundOf,
  rpcPath,
} from '../../protocol/wire/rpc.ts';
import {
  answerIsAuthentic,
  type Call,
  MAC_HEADER,
  signCall,
} from '../../protocol/wire/rpc-auth.ts';
import { type Tracing, tracedPart } from '../observability/tracing.ts';
import type { ByteStream } from './byte-stream.ts';
import { SequenceCounters } from './sequence-counters.ts';
import type { Transport, TransportResponse } from './transport.ts';

/** The target of a call: an address, and the process that is believed to be there. */
export interface RpcTarget {
  /** For example `http://127.0.0.1:9001`. */
  origin: string;
  bootId: string;
}

export interface RpcCallOptions {
  /** @default the method's in the RPC table */
  timeoutMs?: number;
  /** @default 1 MiB for JSON, a largest picture for bytes */
  maxResponseBytes?: number;
}

/** The part of the client that most callers need. */
export type RpcCalls = Pick<RpcClient, 'call'>;

export interface RpcClientOptions {
  transport: Transport;
  /** The secret that all processes of this colony share. */
  secret: string;
  /** The sender of its calls. Only one client per boot id: it numbers the calls. */
  selfBootId: string;
  /** Told of calls that are a part of something that is traced. @default nobody is */
  tracing?: Tracing | undefined;
}

const JSON_MAX_BYTES = 1024 * 1024;
const BINARY_MAX_BYTES = PICTURE_MAX_BYTES + PICTURE_HEADER_BYTES;
const PROBLEM_MAX_BYTES = 64 * 1024;

/**
 * The caller's side of the private RPC: signs calls, checks that answers are authentic, checks
 * requests and replies against their schemas.
 *
 * Errors: TransportError when no answer came; ColonyError RPC_UNAUTHENTICATED when the answer is
 * not signed by a holder of the secret; else a ColonyError with the code of the answered problem
 * (BACKEND_FAILED for a code or a reply that this version does not know). A request that does not
 * fit its schema is a bug of the caller and a plain Error.
 */
export class RpcClient {
  readonly #transport: Transport;
  readonly #secret: string;
  readonly #selfBootId: string;
  readonly #tracing: Tracing | undefined;
  readonly #sequences = new SequenceCounters();

  constructor({ transport, secret, selfBootId, tracing }: RpcClientOptions) {
    this.#transport = transport;
    this.#secret = secret;
    this.#selfBootId = selfBootId;
    this.#tracing = tracing;
  }

  /** Calls a method. `fence` is the highest that the caller knows or acts under. */
  async call<M extends RpcMethodName>(
    method: M,
    target: RpcTarget,
    fence: Fence,
    request: RpcRequest<M>,
    options: RpcCallOptions = {},
  ): Promise<RpcReply<M>> {
    const { request: requestSchema, reply: replySchema, timeoutMs } = RPC[method];
    const checked = requestSchema.safeParse(request);
    if (!checked.success) throw new Error(`${method}: the request is not valid`, checked.error);
    const binary = replySchema === 'binary';
    const replyMaxBytes = replyBoundOf(method) ?? (binary ? BINARY_MAX_BYTES : JSON_MAX_BYTES);
    const body = await this.send(rpcPath(method), target, fence, {
      json: checked.data,
      timeoutMs: options.timeoutMs ?? timeoutMs,
      maxResponseBytes: options.maxResponseBytes ?? replyMaxBytes,
    });
    if (binary) return body as RpcReply<M>;
    const reply = (replySchema as z.ZodType).safeParse(parseJson(body));
    if (!reply.success) {
      const [issue] = reply.error.issues;
      throw new ColonyError(
        'BACKEND_FAILED',
        `${method}: the reply of ${target.origin} is not valid: ${issue?.path.join('.')}: ${issue?.message}`,
      );
    }
    return reply.data as RpcReply<M>;
  }

  /**
   * Requests a stream of a backend's halos, authenticated on both sides. It carries frames
   * (halo-frame.ts) under this key.
   */
  async openHalos(
    target: RpcTarget,
    fence: Fence,
    { timeoutMs }: { timeoutMs: number },
  ): Promise<{ stream: ByteStream; key: Uint8Array }> {
    const where = `${target.origin}${HALO_PATH}`;
    const nonce = randomBytes(NONCE_BYTES);
    const headers = signHello(this.#secret, this.#callOf(target, fence), nonce);
    const helloMac = headers[MAC_HEADER] ?? '';
    const answer = await this.#transport.open({
      origin: target.origin,
      path: HALO_PATH,
      protocol: HALO_PROTOCOL,
      headers,
      timeoutMs,
      maxResponseBytes: PROBLEM_MAX_BYTES,
    });
    if (!('stream' in answer)) {
      this.#assertAuthentic(helloMac, answer, answer.body, where);
      throw problemError(answer, where);
    }
    const { stream } = answer;
    try {
      const peerNonce = readNonce(answer.header(NONCE_HEADER));
      this.#assertAuthentic(helloMac, answer, peerNonce, where);
      return { stream, key: haloKey(this.#secret, helloMac, peerNonce) };
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** A call of any other table: posts JSON, answers the body of an authentic reply. Errors as of `call`. */
  send(
    path: string,
    target: RpcTarget,
    fence: Fence,
    what: { json: unknown; timeoutMs: number; maxResponseBytes: number },
  ): Promise<Uint8Array> {
    return tracedPart(this.#tracing, `call ${path}`, { target: target.origin }, () =>
      this.#send(path, target, fence, what),
    );
  }

  async #send(
    path: string,
    target: RpcTarget,
    fence: Fence,
    what: { json: unknown; timeoutMs: number; maxResponseBytes: number },
  ): Promise<Uint8Array> {
    const { json, timeoutMs, maxResponseBytes } = what;
    const body = new TextEncoder().encode(JSON.stringify(json));
    const signed = signCall(this.#secret, this.#callOf(target, fence), 'POST', path, body);
    const response = await this.#transport.send({
      origin: target.origin,
      method: 'POST',
      path,
      headers: { ...signed, ...this.#traceHeaders(), 'content-type': 'application/json' },
      body,
      timeoutMs,
      maxResponseBytes,
    });
    this.#assertAuthentic(signed[MAC_HEADER], response, response.body, `${target.origin}${path}`);
    if (response.status >= 200 && response.status < 300) return response.body;
    throw problemError(response, `${target.origin}${path}`);
  }

  /** Not signed: whoever changes it only changes to which span what is told of the call belongs. */
  #traceHeaders(): Record<string, string> {
    const traceparent = this.#tracing?.traceparent;
    return traceparent === undefined ? {} : { traceparent };
  }

  #callOf(target: RpcTarget, fence: Fence): Call {
    return {
      senderBootId: this.#selfBootId,
      targetBootId: target.bootId,
      sequence: this.#sequences.next(target.bootId),
      fence,
    };
  }

  #assertAuthentic(
    callMac: string,
    answer: Pick<TransportResponse, 'status' | 'header'>,
    body: Uint8Array,
    where: string,
  ): void {
    const mac = answer.header(MAC_HEADER);
    if (answerIsAuthentic(this.#secret, callMac, answer.status, body, mac)) return;
    throw new ColonyError(
      'RPC_UNAUTHENTICATED',
      `the answer ${answer.status} of ${where} is not signed with this colony's secret`,
    );
  }
}

/** The error that an authentic problem document reports. */
function problemError(response: TransportResponse, where: string): ColonyError {
  const problem = parseJson(response.body);
  const isObject = problem !== null && typeof problem === 'object';
  const { code, detail, type, title, status, remedy, ...extra } = (
    isObject ? problem : {}
  ) as Record<string, unknown>;
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code)) {
    return new ColonyError(code as ErrorCode, String(detail ?? code), { extra });
  }
  return new ColonyError(
    'BACKEND_FAILED',
    `${where} answered ${response.status}: ${detail ?? code}`,
  );
}
