import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../client/api-client.ts';
import { RefusedError } from '../client/api-error.ts';
import { isPassing } from '../colony/start-colony.ts';
import { paceText } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';

/** What a launch asks of a colony that was there already, because flags that were typed say so. */

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
export function askForPace(
  client: ApiClient,
  { pace, was }: { pace: number | null; was: number | null },
  asking: Asking,
): Promise<void> {
  const value = pace ?? 'unlimited';
  return askUntilTaken(() => client.pace(pace), asking, {
    taken: `Its pace is ${paceText(pace)} now, as --pace says; it was ${paceText(was)}.`,
    refused: `Its pace stays ${paceText(was)}, not --pace ${value}`,
    byHand: `npm run colony -- pace ${value} --url ${client.url}`,
  });
}

/** Likewise the number of backends. */
export function askForBackends(
  client: ApiClient,
  { backends, was }: { backends: number; was: number },
  asking: Asking,
): Promise<void> {
  return askUntilTaken(() => client.scale(backends), asking, {
    taken: `It has ${backends} backends from now on, as --backends says; ${was} were wanted.`,
    refused: `It goes on with ${was} backends, not --backends ${backends}`,
    byHand: `npm run colony -- scale ${backends} --url ${client.url}`,
  });
}

async function askUntilTaken(
  ask: () => Promise<unknown>,
  { output, signal, patienceMs = PATIENCE_MS }: Asking,
  text: { taken: string; refused: string; byHand: string },
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!signal.aborted) {
    try {
      await ask();
      output.line(text.taken);
      return;
    } catch (error) {
      const mayPass = isPassing(error) || !(error instanceof RefusedError);
      if (signal.aborted) return;
      if (!mayPass || performance.now() >= deadlineMs) {
        output.note(`${text.refused}: ${(error as Error).message} To set it: ${text.byHand}`);
        return;
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    }
  }
}
