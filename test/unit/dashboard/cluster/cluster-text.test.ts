import { describe, expect, test } from 'vitest';
import { backendRows } from '../../../../services/dashboard/src/cluster/backend-rows.ts';
import * as text from '../../../../services/dashboard/src/cluster/cluster-text.ts';
import type { RecoveryView } from '../../../../services/protocol/api/cluster-api.ts';
import { ERRORS } from '../../../../services/protocol/common/error-codes.ts';
import { colonyView } from '../../cli/colony-view.fixture.ts';

test.each([
  [0, '0 s'],
  [5.4, '5 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [7_500, '2 h 5 min'],
  [356_400, '4 d 3 h'],
])('%d seconds are %s', (seconds, expected) => {
  expect(text.duration(seconds)).toBe(expected);
});

test.each([
  [null, '–'],
  [412_345_678, '412 MB'],
  [999_600_000, '1.0 GB'],
  [1_340_000_000, '1.3 GB'],
])('%s bytes are %s', (value, expected) => {
  expect(text.bytes(value)).toBe(expected);
});

test('a trouble is told by what its code means, its detail and what to do', () => {
  const { title, remedy } = ERRORS.BACKEND_LOST;
  const trouble = { code: 'BACKEND_LOST', detail: 'its process is gone' };
  expect(text.troubleText(trouble)).toEqual({ title, remedy, detail: 'its process is gone' });
});

test('a trouble of a code that this page does not know is told by it', () => {
  const trouble = { code: 'toString', detail: 'odd' };
  expect(text.troubleText(trouble)).toEqual({ title: 'toString', detail: 'odd', remedy: '' });
});

test('a trouble is told with its time and tick', () => {
  const trouble = {
    ...{ backend: 'b1', code: 'BACKEND_LOST', detail: '', tick: 1_200 },
    ...{ at: '2026-11-30T15:20:11.000Z', endedAt: null },
  };
  const at = text.clockTime(trouble.at);
  expect(text.troubleTime(trouble)).toBe(`since ${at}, at tick 1,200`);
  const ended = { ...trouble, tick: null, endedAt: '2026-11-30T15:20:19.000Z' };
  expect(text.troubleTime(ended)).toBe(`${at} to ${text.clockTime(ended.endedAt)}`);
});

describe('of backends', () => {
  const [one] = colonyView().backends;
  const sight = { sinceAnswerMs: 0, isOld: false };
  const waits = (halos: number) => ({ halos, horizon: 0, pace: 0, samples: 0 });

  test('what is known now has no age, and what is not has one', () => {
    const [fresh] = backendRows([one!], sight);
    const [old] = backendRows([{ ...one!, ageMs: 200_000 }], sight);
    const [never] = backendRows([{ ...one!, ageMs: null }], { ...sight, isOld: true });
    expect([fresh, old, never].map((row) => text.ageText(row!))).toEqual([
      '',
      'last known, 3 min 20 s ago',
      'last known',
    ]);
  });

  test('the slowest is named, and by what one sees it', () => {
    const rows = backendRows(
      [0.02, 0.5, 0.4].map((halos, i) => ({ ...one!, id: `b${i}`, waiting: waits(halos) })),
      sight,
    );
    expect(text.slowestText(rows)).toBe(
      'b0 is the slowest and holds the others up: it waits for neighbours 2 % of the time, others 40 % to 50 %.',
    );
    expect(text.slowestText([])).toBe('');
  });

  test('where the others wait for none, that is said', () => {
    const rows = backendRows(
      [0.3, 0.3].map((halos, i) => ({ ...one!, id: `b${i}`, waiting: waits(halos) })),
      sight,
    );
    expect(text.slowestText(rows)).toBe(
      'No backend is slower than the others: none holds them up.',
    );
    expect(text.slowestText(rows.slice(1))).toBe('');
  });
});

describe('of a recovery', () => {
  const placing: RecoveryView = {
    ...{ kind: 'loss', step: 'placing', cause: 'b1 is lost', detail: null, elapsedSeconds: 2.2 },
    ...{ fromTick: null, tick: null, toTick: 6_000, ticksPerSecond: null, remainingSeconds: null },
  };
  const replaying: RecoveryView = {
    ...placing,
    ...{
      step: 'replaying',
      fromTick: 5_000,
      tick: 5_120,
      ticksPerSecond: 110,
      remainingSeconds: 8,
    },
  };
  const stepsNow = (recovery: RecoveryView) =>
    text.recoverySteps(recovery).flatMap(({ text: step, isNow }) => (isNow ? [step] : []));

  test('one step is the present one', () => {
    expect(stepsNow(placing)).toEqual(['Its shards are given to backends']);
    expect(stepsNow(replaying)).toEqual(['What was lost is computed again']);
    expect(stepsNow({ ...placing, kind: 'move' })).toEqual(['Its shards are given to backends']);
  });

  test('its progress is told as far as it is known', () => {
    expect(text.progressText(placing)).toBe('it had come to tick 6,000, 2 s so far');
    expect(text.progressText(replaying)).toBe(
      'tick 5,120 of 6,000, 110 ticks per second, about 8 s left, 2 s so far',
    );
    const unknown = { ...replaying, ticksPerSecond: null, remainingSeconds: null };
    expect(text.progressText({ ...unknown, elapsedSeconds: null })).toBe('tick 5,120 of 6,000');
  });
});

test('a checkpoint is told with its age, and the next one', () => {
  const checkpoint = { tick: 1_200, writingTick: null, tickedSeconds: 4.2, failure: null };
  expect(text.checkpointText(checkpoint)).toBe('of tick 1,200, 4 s of ticking since');
  expect(text.checkpointText({ ...checkpoint, writingTick: 1_300 })).toBe(
    'of tick 1,200, 4 s of ticking since, that of tick 1,300 is being written',
  );
  expect(text.checkpointText({ ...checkpoint, tick: null, tickedSeconds: null })).toBe('none yet');
});
