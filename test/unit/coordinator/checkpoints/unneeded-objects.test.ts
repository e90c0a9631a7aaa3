import { describe, expect, test } from 'vitest';
import {
  type Needs,
  unneededObjects,
} from '../../../../services/coordinator/checkpoints/unneeded-objects.ts';
import { checkpointFolders } from '../../../../services/protocol/checkpoint/manifest.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 10 * HOUR_MS;
const NEEDS: Needs = {
  colonyInstanceId: 'i1',
  checkpoints: [{ tick: 300, epoch: 2, topologyVersion: 4 }],
  epoch: 3,
  newestTick: 300,
  writingFromTick: 400,
};

/** A path below the folder of the colony, as an object of an age. */
const objectAt = (path: string, ageMs = 2 * HOUR_MS) => ({
  key: `${checkpointFolders.colony('reef')}${path}`,
  sizeBytes: 1,
  modifiedMs: NOW_MS - ageMs,
});
const unneeded = (objects: ReturnType<typeof objectAt>[], needs: Needs | undefined = NEEDS) =>
  unneededObjects('reef', objects, needs, NOW_MS);

describe('of the colony that is started', () => {
  test.each([
    ['a checkpoint that is needed', 'i1/0000000300/2-4/manifest.json'],
    ['the cells of it', 'i1/0000000300/2-4/boot-1/0'],
    ['what this leader may be having written', 'i1/0000000400/3-5/boot-1/0'],
    ['whatever a later leader has stored', 'i1/0000000100/4-5/boot-1/0'],
    ['what has a name that is none of ours', 'i1/readme.txt'],
    ['what has a tick that is none', 'i1/300/2-4/boot-1/0'],
  ])('%s stays', (_what, path) => {
    expect(unneeded([objectAt(path)])).toEqual([]);
  });

  test.each([
    ['a checkpoint that has left', 'i1/0000000200/2-4/manifest.json'],
    ['an attempt of this leader below the newest tick', 'i1/0000000250/3-5/boot-1/0'],
    ['an attempt of this leader at the newest tick', 'i1/0000000300/3-5/boot-1/0'],
    ['an attempt of this leader that it has given up', 'i1/0000000390/3-5/boot-1/0'],
    ['an attempt of a former leader, however late', 'i1/0000009900/2-4/boot-1/0'],
    ['the same tick by another leader', 'i1/0000000300/1-4/manifest.json'],
    ['the same tick under another topology', 'i1/0000000300/2-3/manifest.json'],
  ])('%s goes, however young it is', (_what, path) => {
    const object = objectAt(path, 0);
    expect(unneeded([object])).toEqual([object.key]);
  });

  test('what this leader writes first stays, while there is no checkpoint', () => {
    const needs = { ...NEEDS, checkpoints: [], newestTick: -1, writingFromTick: 0 };
    expect(unneeded([objectAt('i1/0000000000/3-1/b/0')], needs)).toEqual([]);
  });

  test('a whole checkpoint beyond the newest stays until there is a newer one', () => {
    const whole = ['manifest.json', 'boot-1/0'].map((name) =>
      objectAt(`i1/0000009000/2-4/${name}`),
    );
    expect(unneeded(whole)).toEqual([]);
    const passed = { ...NEEDS, newestTick: 9_000 };
    expect(unneeded(whole, passed)).toEqual(whole.map(({ key }) => key));
  });
});

describe('of a colony that is stopped', () => {
  const old = objectAt('i0/0000000200/2-4/manifest.json', HOUR_MS);

  test('everything goes after an hour', () => {
    const odd = objectAt('i0/readme.txt');
    expect(unneeded([old, odd])).toEqual([old.key, odd.key]);
    expect(unneededObjects('reef', [old], undefined, NOW_MS)).toEqual([old.key]);
  });

  test('everything stays while any of it is younger', () => {
    expect(unneeded([old, objectAt('i0/0000000300/2-4/b/0', HOUR_MS - 1)])).toEqual([]);
  });

  test('another one that is younger keeps nothing of it', () => {
    expect(unneeded([old, objectAt('i9/0000000300/2-4/b/0', 0)])).toEqual([old.key]);
  });
});
