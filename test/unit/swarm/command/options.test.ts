import { expect, test } from 'vitest';
import { commandOf, parseOptions } from '../../../swarm/command/options.ts';

test('the command of a failing run does the same run', () => {
  const overrides = { backends: 2, faultyMs: 5_000, faults: ['crash', 'loss'] };
  const command = commandOf(42, overrides);
  expect(command).toBe(
    'npm run swarm -- --seed 42 --backends 2 --faulty-ms 5000 --faults crash,loss',
  );
  const options = parseOptions(command.split(' ').slice(4));
  expect(options).toMatchObject({ from: 42, seeds: 1, isSingle: true, overrides });
});

test('a run without faults says so', () => {
  expect(commandOf(1, { faults: [] })).toContain('--faults none');
  expect(parseOptions(['--seed', '1', '--faults', 'none']).overrides.faults).toEqual([]);
});

test.each([
  [['--seeds', '0'], '--seeds is 0'],
  [['--seed', 'x'], '--seed is x'],
  [[], '--seed or --seeds is missing'],
  [['--seed', '1', '--faults', 'fire'], '--faults names fire'],
  [['--planted', '--plant', 'weeds'], '--plant names weeds'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});

test('planted bugs are looked for in 200 seeds from the first one on, unless others are asked for', () => {
  expect(parseOptions(['--planted'])).toMatchObject({ from: 1, seeds: 200, findsPlanted: true });
  expect(parseOptions(['--planted', '--seeds', '3', '--from', '9'])).toMatchObject({
    from: 9,
    seeds: 3,
  });
});
