import { setTimeout as sleep } from 'node:timers/promises';
import type { StartAnswer } from '../../protocol/api/public-api.ts';
import type { ClientSpec } from '../../protocol/colony/spec.ts';
import type { ApiClient } from '../client/api-client.ts';
import { RefusedError } from '../client/api-error.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

export interface StartRequest {
  /** Made by the client; the same key may be sent any number of times. */
  key: string;
  spec?: ClientSpec;
  /** How long to wait until it is started. */
  timeoutMs: number;
  /** What the start works on, as the colony tells it. */
  onProgress?: (detail: string) => void;
  /** Ends the waiting; the start itself goes on. */
  signal?: AbortSignal;
}

/** Held by the server at most this long per request. */
const WAIT_SECONDS = 20;
const RETRY_MS = 500;
/** Refusals that say nothing about what is asked for: it is simply sent again. */
const PASSING = new Set(['NO_LEADER', 'STORE_UNAVAILABLE', 'SHUTTING_DOWN']);

export const isPassing = (error: unknown): boolean =>
  error instanceof RefusedError && PASSING.has(error.code ?? '');

/**
 * Asks for a start until it is done, with one key. Throws RefusedError when the colony refuses or
 * the start fails, CliError after timeoutMs.
 */
export async function startColony(client: ApiClient, request: StartRequest): Promise<StartAnswer> {
  const watch = new AbortController();
  const watching = watchProgress(client, request.onProgress, watch.signal);
  const deadlineMs = performance.now() + request.timeoutMs;
  try {
    for (;;) {
      const leftMs = deadlineMs - performance.now();
      const waitSeconds = Math.max(0, Math.min(WAIT_SECONDS, Math.floor(leftMs / 1000)));
      const answer = await startOnce(client, request, waitSeconds);
      if (answer?.status === 'started') return answer;
      request.signal?.throwIfAborted();
      if (performance.now() >= deadlineMs) {
        throw new CliError(
          `The start is not done after ${Math.round(request.timeoutMs / 1000)} s; it goes on. Repeat it with --key ${request.key} to wait on.`,
          EXIT.refused,
        );
      }
      await sleep(RETRY_MS);
    }
  } finally {
    watch.abort();
    await watching;
  }
}

async function startOnce(client: ApiClient, { key, spec }: StartRequest, waitSeconds: number) {
  try {
    return await client.start(key, waitSeconds, spec);
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

async function watchProgress(
  client: ApiClient,
  onProgress: ((detail: string) => void) | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (onProgress === undefined) return;
  while (!signal.aborted) {
    const view = await client.colony().catch(() => undefined);
    if (view !== undefined && !signal.aborted) onProgress(view.phaseDetail ?? view.phase);
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}
