import { describe, expect, test } from 'vitest';
import { unneededPictures } from '../../../../services/coordinator/pictures/unneeded-pictures.ts';
import {
  pictureKey,
  pictureTickOf,
} from '../../../../services/protocol/pictures/stored-picture.ts';

const DAY_MS = 86_400_000;
const objectOf = (tick: number, instance = 'i-1', modifiedMs = 0) => ({
  ...{ key: pictureKey('reef', instance, tick), sizeBytes: 1, modifiedMs },
});

/** What is left of a picture every so many ticks, swept after each twentieth as a leader does. */
function keptOf(pictures: number, everyTicks: number): { ticks: number[]; most: number } {
  let objects: ReturnType<typeof objectOf>[] = [];
  let most = 0;
  for (let i = 1; i <= pictures; i++) {
    objects.push(objectOf(i * everyTicks));
    most = Math.max(most, objects.length);
    if (i % 20 !== 0) continue;
    const gone = new Set(unneededPictures('reef', objects, 'i-1', 0));
    objects = objects.filter(({ key }) => !gone.has(key));
  }
  const ticks = objects.map(
    ({ key }) => pictureTickOf(key.slice('pictures/reef/i-1/'.length)) ?? -1,
  );
  return { ticks, most };
}

describe('the pictures of a colony that ticks', () => {
  /** Every 30 s for 30 days. */
  const PICTURES = (30 * DAY_MS) / 30_000;
  const { ticks, most } = keptOf(PICTURES, 1_800);
  const newest = PICTURES * 1_800;

  test('stay bounded', () => {
    expect(most).toBeLessThan(600);
    expect(ticks.length).toBeGreaterThan(200);
  });

  test('stay all for the last half an hour', () => {
    expect(ticks.slice(-60)).toEqual(
      Array.from({ length: 60 }, (_, i) => newest - (59 - i) * 1_800),
    );
  });

  test('stay with the first one, and with gaps that grow with age', () => {
    expect(ticks[0]).toBe(1_800);
    for (const [i, tick] of ticks.entries()) {
      const next = ticks[i + 1];
      if (next === undefined) break;
      expect(next - tick).toBeLessThanOrEqual(Math.max(1_800, 0.09 * (newest - next) + 1_800));
    }
  });
});

test('those of a stopped colony stay for a day after its last one', () => {
  const objects = [objectOf(100, 'i-0', 0), objectOf(200, 'i-0', DAY_MS / 2)];
  const at = (nowMs: number) => unneededPictures('reef', objects, 'i-1', nowMs);
  expect(at(DAY_MS)).toEqual([]);
  expect(at(2 * DAY_MS)).toEqual(objects.map(({ key }) => key));
});

test('where no colony is started, those of the last one stay for a day too', () => {
  const objects = [objectOf(100, 'i-1', 0)];
  expect(unneededPictures('reef', objects, undefined, DAY_MS - 1)).toEqual([]);
  expect(unneededPictures('reef', objects, undefined, DAY_MS)).toHaveLength(1);
});

test('what has another name is left alone', () => {
  const object = { key: 'pictures/reef/i-1/notes.txt', sizeBytes: 1, modifiedMs: 0 };
  expect(unneededPictures('reef', [object], 'i-1', 10 * DAY_MS)).toEqual([]);
});
