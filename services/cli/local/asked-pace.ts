import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../client/api-client.ts';
import { RefusedError } from '../client/api-error.ts';
import { isPassing } from '../colony/start-colony.ts';
import { paceText } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';

const PATIENCE_MS = 180_000;
const RETRY_MS = 500;

interface Asking {
  output: Output;
  /** Ends the asking. */
  signal: AbortSignal;
  /** How long it may take until the colony is taken up. */
  patienceMs?: number;
}

/**
 * Gives a colony that was there already the pace that a launch was told, and says so. Never rejects: a
 * colony that keeps its pace is one all the same.
 *
 * @param paces in ticks per second; null: as fast as possible
 */
export async function askForPace(
  client: ApiClient,
  { pace, was }: { pace: number | null; was: number | null },
  { output, signal, patienceMs = PATIENCE_MS }: Asking,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!signal.aborted) {
    try {
      await client.pace(pace);
      output.line(`Its pace is ${paceText(pace)} now, as --pace says; it was ${paceText(was)}.`);
      return;
    } catch (error) {
      const mayPass = isPassing(error) || !(error instanceof RefusedError);
      if (signal.aborted) return;
      if (!mayPass || performance.now() >= deadlineMs) {
        const value = pace ?? 'unlimited';
        output.note(
          `Its pace stays ${paceText(was)}, not --pace ${value}: ${(error as Error).message} To set it: npm run colony -- pace ${value} --url ${client.url}`,
        );
        return;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}
