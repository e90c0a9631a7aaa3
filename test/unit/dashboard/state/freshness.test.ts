import { expect, test } from 'vitest';
import { freshnessText } from '../../../../services/dashboard/src/state/freshness.ts';
import { colonyView, idleView } from '../../cli/colony-view.fixture.ts';

const live = { view: colonyView({ tick: 900, tickAgeMs: 200 }), isOld: false };

test('a tick of now is not commented on', () => {
  expect(freshnessText(live, 500)).toBe('');
});

test('a tick grows old while no answer comes', () => {
  expect(freshnessText(live, 4_000)).toBe('4 s ago');
  expect(freshnessText(live, 3 * 60_000)).toBe('3 min ago');
  expect(freshnessText(live, 3 * 3_600_000)).toBe('3 h ago');
});

test('a tick that the coordinator has not heard of for long is as old as it says', () => {
  const view = colonyView({ tick: 900, tickAgeMs: 12_000 });
  expect(freshnessText({ view, isOld: false }, 0)).toBe('12 s ago');
});

test('what was known before is called so', () => {
  expect(freshnessText({ ...live, isOld: true }, 0)).toBe('last known');
  const view = colonyView({ tick: 900, tickAgeMs: 12_000 });
  expect(freshnessText({ view, isOld: true }, 0)).toBe('last known, 12 s ago');
});

test('where there is no tick there is nothing to be old', () => {
  expect(freshnessText({ view: idleView(), isOld: false }, 60_000)).toBe('');
});
