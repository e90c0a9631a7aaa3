import { expect, test } from 'vitest';
import { liveLine } from '../../../../services/cli/local/live-line.ts';
import { colonyView, idleView } from '../colony-view.fixture.ts';

test('a ticking colony shows tick, achieved and asked pace, population and backends', () => {
  expect(liveLine(colonyView())).toBe(
    'tick 1 234 · 59.8 of 60 ticks/s · population 1 234 567 · 1 backend · Ticking',
  );
});

test('what is not known yet is a dash', () => {
  const view = colonyView({
    statistics: null,
    ticksPerSecond: { achieved: null, asked: null },
  });
  expect(liveLine(view)).toBe('tick 1 234 · – ticks/s · population – · 1 backend · Ticking');
});

test('any phase but Ticking says what it waits for', () => {
  const view = colonyView({ phase: 'Waiting', phaseDetail: 'backend-2 does not answer' });
  expect(liveLine(view)).toMatch(/Waiting: backend-2 does not answer$/);
});

test('a paused colony has no speed', () => {
  const view = colonyView({ phase: 'Paused', ticksPerSecond: { achieved: 0, asked: 60 } });
  expect(liveLine(view)).toBe(
    'tick 1 234 · 0 of 60 ticks/s · population 1 234 567 · 1 backend · Paused',
  );
});

test('without a colony only the phase is shown', () => {
  expect(liveLine(idleView())).toBe('Idle');
});
