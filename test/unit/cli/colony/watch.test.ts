import { expect, test } from 'vitest';
import { watchCommand } from '../../../../services/cli/colony/watch.command.ts';
import { CliError, EXIT } from '../../../../services/cli/terminal/exit-codes.ts';
import type { ColonyView } from '../../../../services/protocol/api/public-api.ts';
import { recordingOutput } from '../../../integration/cli/fake-colony.ts';
import { colonyView, idleView } from '../colony-view.fixture.ts';

/** Watches until all of these were seen, then Ctrl-C comes. */
async function watch(
  views: (ColonyView | Error)[],
  { json = false, isTerminal = false }: { json?: boolean; isTerminal?: boolean } = {},
) {
  const ended = new AbortController();
  const output = recordingOutput();
  const drawn: (readonly string[])[] = [];
  const left = [...views];
  const look = async () => {
    const next = left.shift();
    if (next === undefined || next instanceof Error) throw next;
    return next;
  };
  const exitCode = await watchCommand(look, { json }, output, {
    signal: ended.signal,
    pause: async () => {
      if (left.length === 0) ended.abort();
    },
    wallTime: () => 'noon',
    ...(isTerminal && { draw: (lines: readonly string[]) => void drawn.push(lines) }),
  });
  return { exitCode, output, drawn };
}

const unreachable = new CliError('http://x cannot be reached.', EXIT.usage);

test('Ctrl-C ends it with 0', async () => {
  expect((await watch([idleView()])).exitCode).toBe(0);
});

test('in a pipe there is a line for each change, and none for ticks', async () => {
  const { output } = await watch([
    colonyView({ tick: 1 }),
    colonyView({ tick: 2 }),
    colonyView({ tick: 3, phase: 'Paused', paused: true }),
    colonyView({ tick: 3, phase: 'Paused', paused: true }),
  ]);
  expect(output.lines).toEqual([
    expect.stringMatching(/^noon {2}tick 1 · .*Ticking$/),
    expect.stringMatching(/^noon {2}tick 3 · .*Paused$/),
  ]);
});

test('a backend that is lost is a change, one that waits for a moment is none', async () => {
  const [backend] = colonyView().backends;
  const having = (state: 'Ticking' | 'Waiting' | 'Lost') =>
    colonyView({ backends: backend === undefined ? [] : [{ ...backend, state }] });
  const { output } = await watch([having('Ticking'), having('Waiting'), having('Lost')]);
  expect(output.lines).toHaveLength(2);
});

test('as JSON each change is a document', async () => {
  const { output } = await watch([colonyView(), colonyView(), idleView()], { json: true });
  expect(output.documents).toEqual([colonyView(), idleView()]);
  expect(output.lines).toEqual([]);
});

test('a colony that cannot be reached is said once, and asked again', async () => {
  const { output } = await watch([unreachable, unreachable, idleView()]);
  expect(output.lines).toEqual([
    'noon  http://x cannot be reached.',
    expect.stringMatching(/^noon {2}Idle/),
  ]);
});

test('on a terminal all of it is drawn each time', async () => {
  const { drawn, output } = await watch([colonyView(), colonyView(), unreachable], {
    isTerminal: true,
  });
  expect(drawn).toHaveLength(3);
  expect(drawn[0]?.[0]).toBe('noon');
  expect(drawn[0]?.some((line) => line.startsWith('population'))).toBe(true);
  expect(drawn[2]).toEqual(['noon', 'http://x cannot be reached.']);
  expect(output.lines).toEqual([]);
});

test('a bug is not swallowed', async () => {
  await expect(watch([new TypeError('bug')])).rejects.toThrow('bug');
});
