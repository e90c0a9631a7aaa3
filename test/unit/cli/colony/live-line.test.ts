import { expect, test } from 'vitest';
import { liveLine } from '../../../../services/cli/colony/live-line.ts';
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

test('while no backend holds the world its last known tick is said as such, and nothing else', () => {
  const view = colonyView({
    phase: 'Recovering',
    phaseDetail: 'rebuilding the world',
    ticksPerSecond: { achieved: null, asked: 60 },
    statistics: null,
    backends: [],
  });
  expect(liveLine(view)).toBe('Recovering: rebuilding the world · it was at tick 1 234');
  const [backend] = colonyView().backends;
  const idle = [{ ...backend!, tick: null, lag: null }];
  expect(liveLine({ ...view, backends: idle })).toBe(liveLine(view));
});

test('a replay goes as fast as it can, whatever the pace', () => {
  const view = colonyView({
    phase: 'Recovering',
    phaseDetail: 'replaying',
    ticksPerSecond: { achieved: 912.3, asked: 60 },
  });
  expect(liveLine(view)).toBe(
    'tick 1 234 · 912.3 ticks/s · population 1 234 567 · 1 backend · Recovering: replaying',
  );
});

test('a paused colony has no speed', () => {
  const view = colonyView({ phase: 'Paused', ticksPerSecond: { achieved: 0, asked: 60 } });
  expect(liveLine(view)).toBe(
    'tick 1 234 · 0 of 60 ticks/s · population 1 234 567 · 1 backend · Paused',
  );
});

test('a colony that has more or fewer backends than are wanted says so', () => {
  expect(liveLine(colonyView({ wantedBackends: 4 }))).toContain(' · 1 of 4 backends · ');
});

test('without a colony only the phase is shown', () => {
  expect(liveLine(idleView())).toBe('Idle');
});
