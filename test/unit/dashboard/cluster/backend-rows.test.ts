import { describe, expect, test } from 'vitest';
import { backendRows } from '../../../../services/dashboard/src/cluster/backend-rows.ts';
import type { BackendView } from '../../../../services/protocol/api/public-api.ts';
import { colonyView } from '../../cli/colony-view.fixture.ts';

const NOW = { sinceAnswerMs: 0, isOld: false };
const [one] = colonyView().backends;
const backend = (id: string, change: Partial<BackendView> = {}): BackendView => ({
  ...one!,
  ...{ id, bootId: id, ageMs: 100 },
  ...change,
});
const waiting = (halos: number, pace = 0) => ({
  waiting: { halos, pace, horizon: 0, samples: 0 },
});
const namesOf = (rows: ReturnType<typeof backendRows>) => rows.map((row) => row.backend.id);
const slowestOf = (backends: BackendView[], sight = NOW) =>
  backendRows(backends, sight).find(({ holdsUp }) => holdsUp)?.backend.id;

describe('what is known now', () => {
  test('is what a backend told a moment ago', () => {
    expect(backendRows([backend('b1')], NOW)).toMatchObject([{ isKnown: true, ageMs: 100 }]);
  });

  test.each([
    ['told long ago', backend('b1', { ageMs: 4_000 }), NOW],
    ['told in an answer that is old by now', backend('b1'), { ...NOW, sinceAnswerMs: 3_500 }],
    [
      'told in an answer that is old, whatever its age',
      backend('b1', { ageMs: null }),
      { ...NOW, sinceAnswerMs: 3_500 },
    ],
    ['known from before only', backend('b1'), { ...NOW, isOld: true }],
  ])('is not what was %s', (_what, one, sight) => {
    expect(backendRows([one], sight)[0]?.isKnown).toBe(false);
  });

  test('ages with the answer', () => {
    const [row] = backendRows([backend('b1')], { ...NOW, sinceAnswerMs: 500 });
    expect(row?.ageMs).toBe(600);
    expect(backendRows([backend('b1', { ageMs: null })], NOW)[0]?.ageMs).toBeUndefined();
  });
});

describe('the backend that holds the others up', () => {
  test('is the one that waits least for neighbours', () => {
    const backends = [
      backend('b1', waiting(0.4)),
      backend('b2', waiting(0.05)),
      backend('b3', waiting(0.5)),
    ];
    expect(slowestOf(backends)).toBe('b2');
  });

  test.each([
    ['none waits long', [waiting(0.01), waiting(0.06), waiting(0.07)]],
    ['all wait about as long', [waiting(0.3), waiting(0.35), waiting(0.4)]],
    [
      'it has time to spare, because of the pace',
      [waiting(0.02, 0.6), waiting(0.2, 0.4), waiting(0.3, 0.3)],
    ],
  ])('is none if %s', (_what, waits) => {
    expect(slowestOf(waits.map((wait, i) => backend(`b${i}`, wait)))).toBeUndefined();
  });

  test('is none of those of which nothing is known now', () => {
    const old = backend('b2', { ...waiting(0), ageMs: 9_000 });
    const others = [backend('b1', waiting(0.4)), backend('b3', waiting(0.45))];
    expect(slowestOf([old, ...others])).toBeUndefined();
    expect(slowestOf([backend('b1', waiting(0))])).toBeUndefined();
  });
});

describe('the order', () => {
  test('of names is that of their numbers', () => {
    const backends = ['backend-10', 'backend-2', 'backend-1'].map((id) => backend(id));
    expect(namesOf(backendRows(backends, NOW))).toEqual(['backend-1', 'backend-2', 'backend-10']);
  });

  test('of waits has those first that wait least, unknown ones last', () => {
    const backends = [
      backend('b1', { waiting: null }),
      backend('b2', waiting(0.5)),
      backend('b3', waiting(0.1)),
    ];
    expect(namesOf(backendRows(backends, NOW, 'halos'))).toEqual(['b3', 'b2', 'b1']);
  });

  test('of memory has the largest first', () => {
    const backends = [1, 3, 2].map((memoryBytes) => backend(`b${memoryBytes}`, { memoryBytes }));
    expect(namesOf(backendRows(backends, NOW, 'memoryBytes'))).toEqual(['b3', 'b2', 'b1']);
  });
});
