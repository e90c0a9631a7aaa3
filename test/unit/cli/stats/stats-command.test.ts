import { expect, test } from 'vitest';
import type { SeriesQuery } from '../../../../services/cli/client/api-client.ts';
import {
  type StatsOptions,
  statsCommand,
  watchStatsCommand,
} from '../../../../services/cli/stats/stats.command.ts';
import { CliError, EXIT } from '../../../../services/cli/terminal/exit-codes.ts';
import type { StatisticsAnswer } from '../../../../services/protocol/api/series-api.ts';
import { recordingOutput } from '../../../integration/cli/fake-colony.ts';
import { FakeLife } from '../../../support/charts/fake-life.ts';

const answerOf = (tick: number) =>
  new FakeLife({ tick }).statistics({ from: 0, points: 50 }) as unknown as StatisticsAnswer;

function clientOf(answers: (StatisticsAnswer | Error)[]) {
  const asked: SeriesQuery[] = [];
  return {
    asked,
    statistics: async (query: SeriesQuery) => {
      asked.push(query);
      const next = answers.shift();
      if (next === undefined || next instanceof Error) throw next;
      return next;
    },
    statisticsAsCsv: async (query: SeriesQuery) => {
      asked.push(query);
      return 'tick,population\n0,5\n';
    },
  };
}

test('as JSON it is the answer of the API, with the rows that it gives by itself', async () => {
  const output = recordingOutput();
  const client = clientOf([answerOf(1_000)]);
  expect(await statsCommand(client, { json: true, from: 20 }, output, 80)).toBe(EXIT.ok);
  expect(output.documents).toEqual([answerOf(1_000)]);
  expect(client.asked).toEqual([{ from: 20, to: undefined, points: undefined }]);
});

test('people are told which rows are missing', async () => {
  const output = recordingOutput();
  const incomplete = { code: 'STORE_UNAVAILABLE', detail: 'it is away' };
  await statsCommand(clientOf([{ ...answerOf(1_000), incomplete }]), {}, output, 80);
  expect(output.notes).toEqual(['Rows are missing: STORE_UNAVAILABLE: it is away.']);
});

test('as CSV it is that of the API', async () => {
  const output = recordingOutput();
  await statsCommand(clientOf([]), { csv: true }, output, 80);
  expect(output.lines).toEqual(['tick,population\n0,5']);
});

test('for people as many rows are asked for as can be shown, unless others are wanted', async () => {
  const client = clientOf([answerOf(1_000), answerOf(1_000)]);
  await statsCommand(client, {}, recordingOutput(), 80);
  await statsCommand(client, { points: 7 }, recordingOutput(), 80);
  expect(client.asked.map(({ points }) => points)).toEqual([400, 7]);
});

/** Watches until all of these were seen, then Ctrl-C comes. */
async function watch(
  answers: (StatisticsAnswer | Error)[],
  { isTerminal = false, ...options }: StatsOptions & { isTerminal?: boolean } = {},
) {
  const ended = new AbortController();
  const output = recordingOutput();
  const drawn: (readonly string[])[] = [];
  const left = [...answers];
  const exitCode = await watchStatsCommand(clientOf(left), options, output, {
    signal: ended.signal,
    pause: async () => {
      if (left.length === 0) ended.abort();
    },
    columns: () => 80,
    ...(isTerminal && { draw: (lines: readonly string[]) => void drawn.push(lines) }),
  });
  return { exitCode, output, drawn };
}

test('in a pipe there is a line for each newer row', async () => {
  const { exitCode, output } = await watch([answerOf(980), answerOf(980), answerOf(1_000)]);
  expect(exitCode).toBe(EXIT.ok);
  expect(output.lines.map((line) => line.slice(0, 9))).toEqual(['tick 980 ', 'tick 1000']);
});

test('as JSON each newer answer is a document', async () => {
  const { output } = await watch([answerOf(980), answerOf(980), answerOf(1_000)], { json: true });
  expect(output.documents).toEqual([answerOf(980), answerOf(1_000)]);
});

test('on a terminal all of it is drawn each time', async () => {
  const { output, drawn } = await watch([answerOf(980), answerOf(980)], { isTerminal: true });
  expect(output.lines).toEqual([]);
  expect(drawn.map(([head]) => head)).toEqual([
    'ticks 0 to 980, a row each 20 ticks',
    'ticks 0 to 980, a row each 20 ticks',
  ]);
});

test('a colony that cannot be reached is said once, and asked again', async () => {
  const lost = new CliError('http://x cannot be reached.', EXIT.usage);
  const { output } = await watch([lost, lost, answerOf(20)]);
  expect(output.lines).toEqual(['http://x cannot be reached.', expect.stringMatching(/^tick 20 /)]);
});
