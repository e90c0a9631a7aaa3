import { beforeEach, expect, test } from 'vitest';
import { Troubles } from '../../../../services/coordinator/troubles/troubles.ts';

let at: string;
let troubles: Troubles;
beforeEach(() => {
  at = 'first';
  troubles = new Troubles({ wallTime: () => at });
});

const silent = { code: 'BACKEND_UNREACHABLE', detail: 'no answer', tick: 7 } as const;
const lost = { code: 'BACKEND_LOST', detail: 'its process is gone', tick: 7 } as const;

test('what is wrong with a backend is known until it does what it should', () => {
  troubles.note('b1', silent);
  expect(troubles.of('b1')).toEqual({ backend: 'b1', ...silent, at: 'first' });
  at = 'later';
  troubles.well('b1');
  expect(troubles.of('b1')).toBeUndefined();
  expect(troubles.history).toMatchObject([{ ...silent, at: 'first', endedAt: 'later' }]);
});

test('the same again changes nothing', () => {
  troubles.note('b1', silent);
  const { version } = troubles;
  troubles.note('b1', { ...silent, tick: 9 });
  expect(troubles.history).toHaveLength(1);
  expect(troubles.version).toBe(version);
});

test('the newer word of a backend replaces the older one, which stays in the history', () => {
  troubles.note('b1', silent);
  troubles.note('b1', lost);
  expect(troubles.of('b1')).toMatchObject(lost);
  expect(troubles.history.map(({ endedAt }) => endedAt)).toEqual(['first', undefined]);
});

test('what was wrong with backends that matter no more has gone with them', () => {
  troubles.note('b1', lost);
  troubles.note('b2', silent);
  troubles.only(['b2', 'b3']);
  expect(troubles.of('b1')).toBeUndefined();
  expect(troubles.of('b2')).toMatchObject(silent);
});

test('every news changes the version, and no news does not', () => {
  const versions = [troubles.version];
  const note = () => versions.push(troubles.version);
  troubles.note('b1', lost);
  note();
  troubles.well('b1');
  note();
  troubles.well('b1');
  troubles.only([]);
  expect(new Set(versions).size).toBe(3);
  expect(troubles.version).toBe(versions.at(-1));
});

test('only the last hundred are kept, and no detail that is too long', () => {
  for (let n = 0; n < 150; n++) troubles.note(`b${n}`, { ...lost, detail: 'x'.repeat(9_999) });
  expect(troubles.history).toHaveLength(100);
  expect(troubles.history[0]?.backend).toBe('b50');
  expect(troubles.history[0]?.detail).toHaveLength(501);
});
