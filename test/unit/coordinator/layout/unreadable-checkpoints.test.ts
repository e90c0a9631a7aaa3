import { beforeEach, expect, test } from 'vitest';
import { UnreadableCheckpoints } from '../../../../services/coordinator/layout/unreadable-checkpoints.ts';

let unreadable: UnreadableCheckpoints;
beforeEach(() => {
  unreadable = new UnreadableCheckpoints();
});

test('a checkpoint that one backend calls unreadable is left out', () => {
  unreadable.note('a', 300, 'boot-1');
  unreadable.note('a', 300, 'boot-1');
  expect(unreadable.keys).toEqual(['a']);
});

test('one that is called so by nobody knows whom is left out', () => {
  unreadable.note('a', 300);
  expect(unreadable.keys).toEqual(['a']);
});

test('those that only one backend has called so are known by their ticks', () => {
  unreadable.note('a', 300, 'boot-1');
  unreadable.note('b', 200, 'boot-1');
  unreadable.note('c', 100, 'boot-1');
  unreadable.note('b', 200, 'boot-2');
  unreadable.note('d', 50, 'boot-2');
  expect([...unreadable.calledOnlyBy('boot-1')]).toEqual([
    ['a', 300],
    ['c', 100],
  ]);
});

test('what only a backend that is doubted has said does not count, nor what it says later', () => {
  unreadable.note('a', 300, 'boot-1');
  unreadable.doubt('boot-1', 0);
  unreadable.note('b', 200, 'boot-1');
  expect([unreadable.keys, unreadable.isDoubted('boot-1')]).toEqual([[], true]);
});

test('what another one says too is left out, whoever is doubted', () => {
  unreadable.note('a', 300, 'boot-1');
  unreadable.doubt('boot-1', 0);
  unreadable.note('a', 300, 'boot-2');
  expect(unreadable.keys).toEqual(['a']);
  unreadable.doubt('boot-2', 0);
  expect(unreadable.keys).toEqual(['a']);
});

test('what a backend has said counts again once it is trusted', () => {
  unreadable.note('a', 300, 'boot-1');
  unreadable.doubt('boot-1', 0);
  unreadable.trust('boot-1');
  expect([unreadable.keys, unreadable.isDoubted('boot-1')]).toEqual([['a'], false]);
});
