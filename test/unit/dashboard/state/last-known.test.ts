import { describe, expect, test } from 'vitest';
import { withLastKnown } from '../../../../services/dashboard/src/state/last-known.ts';
import { colonyView, idleView } from '../../cli/colony-view.fixture.ts';

const ticking = colonyView({ tick: 900 });
/** What a coordinator knows that has just begun: the record, whose tick is some seconds old. */
const begun = colonyView({
  phase: 'Waiting',
  tick: 870,
  ticksPerSecond: { achieved: null, asked: 60 },
  backends: [],
  statistics: null,
  spec: null,
  rules: null,
});

describe('a view of a coordinator that does not know the world yet', () => {
  test('is shown with what was known last, marked as old', () => {
    const { view, isOld } = withLastKnown(begun, ticking);
    expect(isOld).toBe(true);
    const { tick, backends, statistics, spec, rules } = ticking;
    expect(view).toEqual({ ...begun, tick, backends, statistics, spec, rules });
  });

  test('is marked as old also where nothing was known before', () => {
    expect(withLastKnown(begun, undefined)).toEqual({ view: begun, isOld: true });
    expect(withLastKnown(begun, idleView())).toEqual({ view: begun, isOld: true });
  });

  test('names the backends that it has found, even if none has told where it is', () => {
    const found = ticking.backends.map((backend) => ({ ...backend, tick: null }));
    const { view, isOld } = withLastKnown({ ...begun, backends: found }, ticking);
    expect([view.backends, view.tick, isOld]).toEqual([found, 900, true]);
  });

  test('shows nothing of another colony', () => {
    const other = { ...begun, colonyInstanceId: 'instance-2' };
    expect(withLastKnown(other, ticking).view).toEqual(other);
  });
});

test('a view of who knows the world is shown as it is, also where its tick is lower', () => {
  const replaying = colonyView({ phase: 'Recovering', tick: 12 });
  expect(withLastKnown(replaying, ticking)).toEqual({ view: replaying, isOld: false });
});

test.each([
  ['there is none', idleView()],
  ['one is about to tick', colonyView({ phase: 'Starting', tick: null, backends: [] })],
])('nothing is old of a colony where %s', (_, view) => {
  expect(withLastKnown(view, undefined)).toEqual({ view, isOld: false });
});
