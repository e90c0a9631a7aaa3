import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { plantedSource } from '../../../swarm/planted/plant.ts';
import type { PlantedBug } from '../../../swarm/planted/planted-bug.ts';
import { PLANTED_BUGS } from '../../../swarm/planted/table.ts';

const bug: PlantedBug = {
  name: 'off-by-one',
  what: 'It counts one too many.',
  file: 'services/none.ts',
  changes: [['count + 1', 'count + 2']],
  found: { seed: 1, invariant: 'record' },
};

test('a bug takes the place of the text that it names, and of nothing else', () => {
  expect(plantedSource('a = count + 1; b = count;', bug)).toBe('a = count + 2; b = count;');
});

test.each([
  ['is not there', 'a = count;', '0 times'],
  ['is there twice', 'a = count + 1; b = count + 1;', '2 times'],
])('a text that %s is refused', (_, source, times) => {
  expect(() => plantedSource(source, bug)).toThrow(
    `off-by-one: services/none.ts has this text ${times}`,
  );
});

test('what is planted is no pattern of a replacement', () => {
  const other: PlantedBug = { ...bug, changes: [['count + 1', "count + '$&'"]] };
  expect(plantedSource('count + 1', other)).toBe("count + '$&'");
});

test.each(PLANTED_BUGS)('$name can be planted in the sources as they are', async (one) => {
  const source = await readFile(one.file, 'utf8');
  expect(plantedSource(source, one)).not.toBe(source);
});

test('the list has at least twenty bugs, each with a name of its own', () => {
  expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
  expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(20);
});
