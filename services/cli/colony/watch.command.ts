import type { ColonyView } from '../../protocol/api/public-api.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { liveLine } from './live-line.ts';
import { statusLines } from './status-text.ts';

export interface Watching {
  /** Ends the watching. */
  signal: AbortSignal;
  /** Resolves when it is time for the next look, or the signal is aborted. */
  pause: () => Promise<void>;
  /** ISO 8601. */
  wallTime: () => string;
  /** Draws lines in place; absent where there is no terminal. */
  draw?: (lines: readonly string[]) => void;
}

/**
 * `colony status --watch`: on a terminal all of it, drawn anew in place; elsewhere a line, or with `json` a document,
 * whenever something has changed that does not change by itself. What cannot be reached is asked again.
 */
export async function watchCommand(
  look: () => Promise<ColonyView>,
  { json }: { json?: boolean },
  output: Output,
  { signal, pause, wallTime, draw }: Watching,
): Promise<ExitCode> {
  let before: string | undefined;
  while (!signal.aborted) {
    const seen = await lookOnce(look);
    if (signal.aborted) break;
    const state = stateOf(seen);
    if (draw !== undefined && !json) {
      draw([wallTime(), ...('view' in seen ? statusLines(seen.view) : [seen.error])]);
    } else if (state !== before) {
      if (json) output.json('view' in seen ? seen.view : seen);
      else output.line(`${wallTime()}  ${'view' in seen ? liveLine(seen.view) : seen.error}`);
    }
    before = state;
    await pause();
  }
  return EXIT.ok;
}

type Seen = { view: ColonyView } | { error: string };

async function lookOnce(look: () => Promise<ColonyView>): Promise<Seen> {
  try {
    return { view: await look() };
  } catch (error) {
    if (error instanceof CliError) return { error: error.message };
    throw error;
  }
}

/** What is the same for as long as a colony goes on as it does: no tick, no rate, no checkpoint. */
function stateOf(seen: Seen): string {
  if ('error' in seen) return seen.error;
  const { view } = seen;
  return JSON.stringify([
    ...[view.status, view.phase, view.paused, view.colonyInstanceId, view.ticksPerSecond.asked],
    ...[view.wantedBackends, view.leader?.id, view.checkpoint?.failure?.reason, view.fault],
    view.backends.map(({ bootId, state }) => [bootId, isAtWork(state) ? 'at work' : state]),
  ]);
}

/** Between these a backend goes many times a second. */
const isAtWork = (state: string): boolean => ['Ticking', 'AtHorizon', 'Waiting'].includes(state);
