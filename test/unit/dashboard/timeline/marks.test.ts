import { expect, test } from 'vitest';
import { LifeScale } from '../../../../services/dashboard/src/timeline/life-scale.ts';
import { lifeMarks, markNear } from '../../../../services/dashboard/src/timeline/marks.ts';
import type { ColonyEvent } from '../../../../services/protocol/colony/colony-event.ts';

const eventAt = (tick: number, more: Partial<ColonyEvent> = {}): ColonyEvent =>
  ({ sequence: null, tick, origin: 'random', kind: 'newTopography', ...more }) as ColonyEvent;
const injected = { sequence: 1, origin: 'injected' } as const;
const checkpointAt = (tick: number) => ({
  ...{ tick, at: '2026-01-01T00:00:00.000Z', sizeBytes: 1, digest: '00' },
  manifest: { key: 'k', sha256: '0' },
});

const scale = new LifeScale(10_000, 20_000);
const none = { past: [], toCome: [], checkpoints: [] };

test('events and checkpoints are marked by their kind, from left to right', () => {
  const marks = lifeMarks(
    {
      past: [
        eventAt(1000),
        eventAt(5000, injected),
        eventAt(7000, { ...injected, cancelled: true }),
      ],
      toCome: [eventAt(20_000, injected)],
      checkpoints: [checkpointAt(3000)],
    },
    scale,
  );
  expect(marks.map(({ tick, kind }) => [tick, kind])).toEqual([
    [1000, 'random'],
    [3000, 'checkpoint'],
    [5000, 'injected'],
    [7000, 'cancelled'],
    [20_000, 'to come'],
  ]);
  expect(marks[0]?.texts).toEqual(['tick 1,000: new topography']);
  expect(marks[1]?.texts).toEqual(['tick 3,000: checkpoint']);
});

test('events that lie too close to be told apart are one mark, which says how many it leaves out', () => {
  const past = Array.from({ length: 7 }, (_, i) => eventAt(1000 + i));
  const marks = lifeMarks({ ...none, past: [...past, eventAt(9000)] }, scale);
  expect(marks.map(({ texts }) => texts.length)).toEqual([5, 1]);
  expect(marks[0]?.texts.at(-1)).toBe('and 3 more');
});

test('what somebody did stands out among what chance did', () => {
  const [mark] = lifeMarks({ ...none, past: [eventAt(1000), eventAt(1001, injected)] }, scale);
  expect(mark?.kind).toBe('injected');
});

test('a checkpoint does not hide an event at its tick', () => {
  const marks = lifeMarks(
    { ...none, past: [eventAt(1000)], checkpoints: [checkpointAt(1000)] },
    scale,
  );
  expect(marks).toHaveLength(2);
});

test('however many events there are, their marks are bounded', () => {
  const past = Array.from({ length: 10_000 }, (_, tick) => eventAt(tick));
  expect(lifeMarks({ ...none, past }, scale).length).toBeLessThanOrEqual(221);
});

test('the mark under a pointer is the nearest one within reach', () => {
  const marks = lifeMarks({ ...none, past: [eventAt(1000), eventAt(2000)] }, scale);
  expect(markNear(marks, scale.at(1900), 0.02)?.tick).toBe(2000);
  expect(markNear(marks, scale.at(1500), 0.02)).toBeUndefined();
});
