import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { ZERO_FENCE } from '../../protocol/wire/fence.ts';
import {
  STORE_BOOT_ID,
  STORE_CALLS,
  type StoreCallName,
  type StoreReply,
  type StoreRequest,
  storePath,
} from '../../protocol/wire/store-calls.ts';
import { processGone } from '../rpc/process-gone.ts';
import type { RpcClient } from '../rpc/rpc-client.ts';
import { TransportError } from '../rpc/transport.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Randomness } from '../runtime/randomness.ts';

export interface StoreClientOptions {
  rpc: Pick<RpcClient, 'send'>;
  /** For example `http://127.0.0.1:9001`. */
  origin: string;
  colonyName: string;
  /** Of one attempt. @default 3000 */
  timeoutMs?: number;
  clock: Clock;
  randomness: Randomness;
}

/** The call without the name of its colony. */
type Request<C extends StoreCallName> = Omit<StoreRequest<C>, 'colonyName'>;

const TIMEOUT_MS = 3_000;
/** A store that is started again is back within half a second. */
const ATTEMPTS_MAX = 4;
const RETRY = { firstMs: 100, mostMs: 400 };

/**
 * Calls the embedded store for one colony. A call whose connection was refused or broke is tried again:
 * each may be repeated. Throws STORE_UNAVAILABLE, with the store's own words where it gave any; a request that the
 * store does not take is a bug and a plain Error.
 */
export class StoreClient {
  readonly #options: StoreClientOptions;

  constructor(options: StoreClientOptions) {
    this.#options = options;
  }

  async call<C extends StoreCallName>(name: C, request: Request<C>): Promise<StoreReply<C>> {
    const backoff = new Backoff(this.#options, RETRY);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(name, request);
      } catch (error) {
        if (!isLost(error) || attempt === ATTEMPTS_MAX) throw asStoreError(error);
        await backoff.pause();
      }
    }
  }

  async #attempt<C extends StoreCallName>(name: C, request: Request<C>): Promise<StoreReply<C>> {
    const { rpc, origin, colonyName, timeoutMs = TIMEOUT_MS } = this.#options;
    const { maxReplyBytes, reply } = STORE_CALLS[name];
    const target = { origin, bootId: STORE_BOOT_ID };
    const body = await rpc.send(storePath(name), target, ZERO_FENCE, {
      json: { colonyName, ...request },
      timeoutMs,
      maxResponseBytes: maxReplyBytes,
    });
    return reply.parse(parseJson(body)) as StoreReply<C>;
  }
}

/** Whether the store may just be starting again. */
const isLost = (error: unknown): boolean =>
  error instanceof TransportError && (error.reason === 'refused' || error.reason === 'broken');

function asStoreError(error: unknown): unknown {
  if (error instanceof ColonyError) {
    if (error.code === 'STORE_UNAVAILABLE') return error;
    if (error.code === 'BAD_REQUEST') return new Error(error.message, { cause: error });
  }
  const detail = `the store does not answer: ${processGone(error) ?? messageOf(error)}`;
  return new ColonyError('STORE_UNAVAILABLE', detail, { cause: error });
}
