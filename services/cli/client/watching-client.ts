import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.ts';
import type { UrlOptions } from './command-options.ts';
import { fetchFor } from './signed-fetch.ts';

/** A watcher asks again rather than wait as long as a start may take. */
const LOOK_TIMEOUT_MS = 10_000;

/** What a command has that looks again and again until Ctrl-C. */
export interface Watch {
  client: ApiClient;
  /** Aborted by SIGINT and SIGTERM: what is asked for then is given up. */
  signal: AbortSignal;
  /** Resolves when it is time for the next look, or the signal is aborted. */
  pause: () => Promise<void>;
}

/** Begins to watch the colony that the options name. */
export function watchingOf(options: UrlOptions, { everyMs }: { everyMs: number }): Watch {
  const ended = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());
  const { signal } = ended;
  const send = fetchFor(options);
  const client = new ApiClient(
    options.url,
    (input, init) =>
      send(input, { ...init, signal: AbortSignal.any([signal, init?.signal ?? signal]) }),
    { timeoutMs: LOOK_TIMEOUT_MS },
  );
  return { client, signal, pause: () => sleep(everyMs, undefined, { signal }).catch(() => {}) };
}
