import type { StatisticsAnswer } from '../../protocol/api/series-api.ts';
import type { ApiClient, SeriesQuery } from '../client/api-client.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { newestLine, statsLines } from './stats-text.ts';

/** Rows of which a terminal can show something, where not others are asked for. */
const POINTS_SHOWN = 400;

export interface StatsOptions extends SeriesQuery {
  json?: boolean;
  csv?: boolean;
}

/** @param columns of the terminal; undefined where there is none */
export async function statsCommand(
  client: Pick<ApiClient, 'statistics' | 'statisticsAsCsv'>,
  options: StatsOptions,
  output: Output,
  columns: number | undefined,
): Promise<ExitCode> {
  const { json, csv } = options;
  const query = queryOf(options);
  if (csv) {
    output.line((await client.statisticsAsCsv(query)).trimEnd());
    return EXIT.ok;
  }
  const answer = await client.statistics(query);
  if (json) output.json(answer);
  else for (const line of statsLines(answer, columns)) output.line(line);
  const { incomplete } = answer;
  if (!json && incomplete)
    output.note(`Rows are missing: ${incomplete.code}: ${incomplete.detail}.`);
  return EXIT.ok;
}

/** What is asked for: as many rows as can be shown, or for a program as many as the API answers by itself. */
const queryOf = ({ from, to, points, json, csv }: StatsOptions): SeriesQuery => ({
  from,
  to,
  points: points ?? (json || csv ? undefined : POINTS_SHOWN),
});

export interface StatsWatching {
  /** Ends the watching. */
  signal: AbortSignal;
  /** Resolves when it is time for the next look, or the signal is aborted. */
  pause: () => Promise<void>;
  /** Draws lines in place; absent where there is no terminal. */
  draw?: (lines: readonly string[]) => void;
  /** Of the terminal. */
  columns: () => number | undefined;
}

/**
 * `colony stats --watch`: on a terminal all of it, drawn anew in place; elsewhere a line, or with `json` a document,
 * whenever there is a newer row. What cannot be reached is asked again.
 */
export async function watchStatsCommand(
  client: Pick<ApiClient, 'statistics'>,
  options: StatsOptions,
  output: Output,
  { signal, pause, draw, columns }: StatsWatching,
): Promise<ExitCode> {
  const { json } = options;
  const query = queryOf(options);
  let before: string | number | undefined;
  while (!signal.aborted) {
    const seen = await lookOnce(() => client.statistics(query));
    if (signal.aborted) break;
    const state = 'answer' in seen ? seen.answer.columns.tick.at(-1) : seen.error;
    if (draw !== undefined && !json) {
      draw('answer' in seen ? statsLines(seen.answer, columns()) : [seen.error]);
    } else if (state !== before) {
      if (json) output.json('answer' in seen ? seen.answer : seen);
      else output.line('answer' in seen ? newestLine(seen.answer) : seen.error);
    }
    before = state;
    await pause();
  }
  return EXIT.ok;
}

type Seen = { answer: StatisticsAnswer } | { error: string };

async function lookOnce(look: () => Promise<StatisticsAnswer>): Promise<Seen> {
  try {
    return { answer: await look() };
  } catch (error) {
    if (error instanceof CliError) return { error: error.message };
    throw error;
  }
}
