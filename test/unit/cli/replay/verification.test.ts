import { expect, test } from 'vitest';
import { planVerification, verdictText } from '../../../../services/cli/replay/verification.ts';

const entry = (tick: number) => ({ tick, digest: '0123456789abcdef' });

test('all stored digests are compared by default', () => {
  expect(planVerification([entry(0), entry(100)])).toEqual({ entries: [entry(0), entry(100)] });
});

test('only those up to the asked tick are compared', () => {
  expect(planVerification([entry(0), entry(100), entry(200)], 150)).toEqual({
    entries: [entry(0), entry(100)],
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

test('identity is told with the tick and how many digests were compared', () => {
  expect(verdictText({ identical: true, tick: 0, compared: 1 })).toBe(
    'bit-identical up to tick 0 (1 digest compared)',
  );
});
