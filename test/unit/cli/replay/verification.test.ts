import { describe, expect, test } from 'vitest';
import { planVerification, verdictText } from '../../../../services/cli/replay/verification.ts';

const entry = (tick: number) => ({ tick, digest: '0123456789abcdef' });

/** As it is expected, because the log has it. */
const stored = (tick: number) => ({ ...entry(tick), by: 'log' });
const manifest = (tick: number) => ({ ...entry(tick), by: 'manifest' });

test('all stored digests are compared by default', () => {
  expect(planVerification([entry(0), entry(100)])).toEqual({ expected: [stored(0), stored(100)] });
});

test('only those up to the asked tick are compared', () => {
  expect(planVerification([entry(0), entry(100), entry(200)], { to: 150 })).toEqual({
    expected: [stored(0), stored(100)],
  });
});

describe('from a checkpoint', () => {
  test('its manifest comes first, then what is stored for its tick and above', () => {
    const digests = [entry(200), entry(300)];
    expect(planVerification(digests, { from: entry(200) })).toEqual({
      expected: [manifest(200), stored(200), stored(300)],
    });
  });

  test('of a tick that has no stored digest the next one that is stored comes second', () => {
    const digests = [entry(300), entry(400)];
    expect(planVerification(digests, { from: entry(217), to: 350 })).toEqual({
      expected: [manifest(217), stored(300)],
    });
  });

  test('that nothing stored is above, its manifest alone is compared', () => {
    expect(planVerification([], { from: entry(217) })).toEqual({ expected: [manifest(217)] });
  });

  test('a digest that is missing for its tick is a gap', () => {
    expect(planVerification([entry(300)], { from: entry(200) })).toEqual({
      problem: 'The list of digests has a gap: tick 200 expected, tick 300 found.',
    });
  });
});

test('without a digest there is nothing to compare yet', () => {
  expect(planVerification([])).toEqual({ problem: 'There is nothing to compare yet.' });
});

test('a gap is named with what was expected and what was found', () => {
  expect(planVerification([entry(0), entry(200)])).toEqual({
    problem: 'The list of digests has a gap: tick 100 expected, tick 200 found.',
  });
});

test('a list that does not begin with tick 0 has a gap', () => {
  expect(planVerification([entry(100)])).toHaveProperty('problem');
});

test('a repeated tick is a gap too', () => {
  expect(planVerification([entry(0), entry(0)])).toHaveProperty('problem');
});

test('a difference is told with both values', () => {
  expect(verdictText({ identical: false, tick: 100, stored: 'a', replayed: 'b' })).toBe(
    'differs at tick 100: stored a, replayed b',
  );
});

test('identity is told with the tick and how many digests and rows were compared', () => {
  expect(verdictText({ identical: true, tick: 0, compared: 1, rows: 2 })).toBe(
    'bit-identical up to tick 0 (1 digest and 2 rows compared)',
  );
});

test('a verdict from a checkpoint names it', () => {
  const fromCheckpoint = 217;
  expect(verdictText({ identical: true, tick: 400, compared: 3, rows: 1, fromCheckpoint })).toBe(
    'bit-identical from the checkpoint of tick 217 up to tick 400 (3 digests and 1 row compared)',
  );
  expect(
    verdictText({ identical: false, tick: 300, stored: 'a', replayed: 'b', fromCheckpoint }),
  ).toBe('differs at tick 300: stored a, replayed from the checkpoint of tick 217 b');
});

test('cells that are not those of the manifest are told so', () => {
  const digests = { manifest: 'a', restored: 'b' };
  expect(verdictText({ identical: false, tick: 217, ...digests, fromCheckpoint: 217 })).toBe(
    'differs at tick 217: the checkpoint of tick 217 has a in its manifest, its cells b',
  );
});

test('a row that differs is told with its table and column', () => {
  const difference = { tick: 340, table: 'statistics', column: 'births' };
  expect(verdictText({ identical: false, ...difference, stored: 5, replayed: 6 })).toBe(
    'differs at tick 340: statistics, column births, stored 5, replayed 6',
  );
});
