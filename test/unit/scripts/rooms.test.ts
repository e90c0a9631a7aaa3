import { describe, expect, test } from 'vitest';
import { backArrows, crowdedFolders, FILES_MAX } from '../../../scripts/lib/rooms.ts';

describe('the imports between siblings', () => {
  test('may all point one way', () => {
    const imports = [
      ['s/top/a.ts', 's/middle/b.ts'],
      ['s/top/a.ts', 's/bottom/c.ts'],
      ['s/middle/b.ts', 's/bottom/deep/d.ts'],
    ] as const;
    expect(backArrows(imports)).toEqual([]);
  });

  test('may not point back from one folder to another, though no file is in a cycle', () => {
    const imports = [
      ['s/top/a.ts', 's/bottom/b.ts'],
      ['s/bottom/c.ts', 's/top/d.ts'],
    ] as const;
    expect(backArrows(imports)).toEqual([
      'back-arrow in s: s/top/a.ts → s/bottom/b.ts',
      'back-arrow in s: s/bottom/c.ts → s/top/d.ts',
    ]);
  });

  test('may not point back by way of a third folder', () => {
    const imports = [
      ['s/a/1.ts', 's/b/1.ts'],
      ['s/b/2.ts', 's/c/1.ts'],
      ['s/c/2.ts', 's/a/2.ts'],
      ['s/c/2.ts', 's/d/1.ts'],
    ] as const;
    expect(backArrows(imports)).toHaveLength(3);
  });

  test('may not point back between folders of any depth', () => {
    const imports = [
      ['s/x/top/a.ts', 's/x/bottom/b.ts'],
      ['s/x/bottom/b.ts', 's/x/top/c.ts'],
    ] as const;
    expect(backArrows(imports).join()).toContain('back-arrow in s/x');
  });

  test('may not point back between a folder and a file beside it', () => {
    const imports = [
      ['s/main.ts', 's/x/a.ts'],
      ['s/x/b.ts', 's/main.ts'],
    ] as const;
    expect(backArrows(imports)).toHaveLength(2);
  });

  test('of the repository itself are told apart from those of its top', () => {
    expect(
      backArrows([
        ['a/1.ts', 'b/1.ts'],
        ['b/1.ts', 'a/2.ts'],
      ]),
    ).toContain('back-arrow in .: a/1.ts → b/1.ts');
  });
});

test('a folder is crowded with one file more than it may have, however many its folders have', () => {
  const full = Array.from({ length: FILES_MAX }, (_, i) => `s/x/${i}.ts`);
  expect(crowdedFolders([...full, 's/x/y/1.ts'])).toEqual([]);
  expect(crowdedFolders([...full, 's/x/more.ts', 's/x/y/1.ts'])).toEqual([
    `crowded: s/x has ${FILES_MAX + 1} files, at most ${FILES_MAX}`,
  ]);
});
