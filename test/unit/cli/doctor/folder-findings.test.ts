import { describe, expect, test } from 'vitest';
import {
  diskFinding,
  folderFinding,
  storeFinding,
} from '../../../../services/cli/doctor/folder-findings.ts';
import type { FolderLook } from '../../../../services/local/folder-look.ts';

const OURS: FolderLook = { path: '/data', is: 'ours' };

describe('a data folder', () => {
  test.each<[string, FolderLook, string]>([
    ['is not there yet', { path: '/data', is: 'absent' }, 'a launch makes it'],
    ['is empty', { path: '/data', is: 'empty' }, 'a launch uses it'],
    ['is free', OURS, 'no launch holds it'],
    ['is held', { ...OURS, heldBy: { pid: 42 } }, 'held by the launch with pid 42'],
    ['is held by whoever it is', { ...OURS, heldBy: {} }, 'held by another process'],
  ])('that %s is in order', (_, look, says) => {
    const found = folderFinding(look);
    expect(found).toMatchObject({ level: 'ok', says: expect.stringContaining(says) });
  });

  test.each<[string, FolderLook, string]>([
    ['cannot be written', { ...OURS, unwritable: 'EACCES' }, 'cannot be written (EACCES)'],
    ['cannot be made', { path: '/x', is: 'absent', unwritable: 'EROFS' }, '(EROFS)'],
    ['is of something else', { path: '/home', is: 'foreign' }, 'no data folder of a colony'],
  ])('that %s is a problem', (_, look, says) => {
    expect(folderFinding(look)).toMatchObject({
      level: 'problem',
      says: expect.stringContaining(says),
      remedy: expect.stringContaining('--data-dir'),
    });
  });

  test('of another format is a problem, in the words of a launch', () => {
    const formatProblem = 'It is of format 9. Nothing was changed. Use the build that wrote it.';
    expect(folderFinding({ ...OURS, formatProblem })).toEqual({
      check: 'data folder',
      level: 'problem',
      says: 'It is of format 9',
      remedy: 'Use the build that wrote it',
    });
  });
});

describe('a store', () => {
  test('that is whole is in order, with what it holds', () => {
    const look = { lines: ['mark   commit 4', 'store  commit 4, whole'], problem: undefined };
    expect(storeFinding(OURS, look)).toMatchObject({ level: 'ok', says: 'commit 4, whole' });
  });

  test('that a launch would refuse is a problem, in its words', () => {
    const refusal = 'It is damaged: x. Nothing was changed. Put a copy back.';
    expect(storeFinding(OURS, { lines: [], problem: refusal })).toMatchObject({
      level: 'problem',
      says: 'It is damaged: x',
      remedy: 'Put a copy back',
    });
  });

  test('that a launch uses is left alone', () => {
    const finding = storeFinding({ ...OURS, heldBy: { pid: 1 } }, undefined);
    expect(finding).toMatchObject({ level: 'ok', says: expect.stringContaining('in use') });
  });

  test('that cannot be looked at is not said to be well', () => {
    expect(storeFinding({ ...OURS, unwritable: 'EROFS' }, undefined).level).toBe('warning');
  });
});

describe('the disk', () => {
  // A checkpoint of 2.3 MB, 4.02 GB at the most, 0.2 GB beside them.
  const world = { width: 1_000, height: 1_000 };

  test.each([
    [4e6, 0, 'problem'],
    [1e9, 0, 'warning'],
    [4.3e9, 0, 'ok'],
    [1e9, 3.5e9, 'ok'],
  ])('with %d bytes free beside %d of checkpoints is %s', (freeBytes, checkpointBytes, level) => {
    expect(diskFinding({ freeBytes, checkpointBytes }, world)).toMatchObject({ level });
  });
});
