import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Randomness } from '../../../../services/platform/runtime/randomness.ts';
import { SystemRandomness } from '../../../../services/platform/runtime/system-randomness.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';

const take = (randomness: Randomness, count: number) =>
  Array.from({ length: count }, () => randomness.uuid());

test.each([
  ['of the system', new SystemRandomness()],
  ['of a seed', new SeededRandomness(7)],
])('identifiers %s are UUIDs of version 4 and all differ', (_name, randomness) => {
  const uuids = take(randomness, 500);
  expect(uuids.every((uuid) => z.uuidv4().safeParse(uuid).success)).toBe(true);
  expect(new Set(uuids).size).toBe(500);
});

test('the same seed gives the same identifiers, another seed others', () => {
  const first = take(new SeededRandomness(1), 20);
  expect(take(new SeededRandomness(1), 20)).toEqual(first);
  expect(take(new SeededRandomness(2), 20).some((uuid) => first.includes(uuid))).toBe(false);
});

test.each([
  ['of the system', new SystemRandomness()],
  ['of a seed', new SeededRandomness(7)],
])('fractions %s spread over the range from 0 up to 1', (_name, randomness) => {
  const fractions = Array.from({ length: 1_000 }, () => randomness.fraction());
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
  expect(Math.min(...fractions)).toBeLessThan(0.05);
  expect(Math.max(...fractions)).toBeGreaterThan(0.95);
  expect(Math.max(...fractions)).toBeLessThan(1);
});
