import { signal } from '@preact/signals';
import { beforeEach, describe, expect, test } from 'vitest';
import type {
  Asked,
  ChartsApi,
} from '../../../../../services/dashboard/src/charts/state/charts-api.ts';
import { ChartsStore } from '../../../../../services/dashboard/src/charts/state/charts-store.ts';
import { newestTicks, WHOLE_LIFE } from '../../../../../services/dashboard/src/state/range.ts';
import type { RangeChoice } from '../../../../../services/dashboard/src/state/url-codec.ts';
import { FakeLife } from '../../../../support/charts/fake-life.ts';

const POINTS = 600;

interface Lack {
  incomplete?: { detail: string };
}

let life: FakeLife;
let asked: [what: string, asked: Asked][];
let failure: Error | undefined;
let surveysFail: boolean;
let lacking: Lack;
/** What lacks rows of those that are newer than what was asked for at first. */
let newerLacking: { statistics: Lack; surveys: Lack };
let nowMs: number;
let store: ChartsStore;
const choice = signal<RangeChoice>(WHOLE_LIFE);

const api: ChartsApi = {
  statistics: async (what) =>
    answered('statistics', what, () => ({
      ...life.statistics(what),
      ...(what.from > 0 ? newerLacking.statistics : lacking),
    })),
  surveys: async (what) =>
    answered('surveys', what, () => {
      if (surveysFail) throw new Error('no surveys');
      return { ...life.surveys(what), ...(what.from > 0 && newerLacking.surveys) };
    }),
  events: async () => [],
  pictures: async () => [],
};

function answered<T>(name: string, what: Asked, answer: () => T): T {
  asked.push([name, what]);
  if (failure !== undefined) throw failure;
  return answer();
}

const refresh = () => store.refresh(life.colonyInstanceId, POINTS);
const shownTicks = () => store.statistics.value?.columns.tick ?? [];

beforeEach(() => {
  life = new FakeLife({ tick: 40_000 });
  asked = [];
  failure = undefined;
  surveysFail = false;
  lacking = {};
  newerLacking = { statistics: {}, surveys: {} };
  nowMs = 0;
  choice.value = WHOLE_LIFE;
  store = new ChartsStore(api, choice, () => nowMs);
});

test('the whole life is asked for as fine as the charts are wide', async () => {
  await refresh();
  expect(asked).toContainEqual(['statistics', { from: 0, to: undefined, points: POINTS }]);
  expect(shownTicks().at(-1)).toBe(40_000);
  expect(store.isLoading.value).toBe(false);
});

describe('a live range', () => {
  test('takes in the newest rows, and asks for nothing else', async () => {
    await refresh();
    asked = [];
    life.tick = 40_100;
    await refresh();
    expect(asked).toEqual([['statistics', { from: 40_001, to: undefined, points: 10_000 }]]);
    expect(shownTicks().at(-1)).toBe(40_100);
    expect(store.range.value.to).toBe(40_100);
  });

  test('takes in a survey when there is one', async () => {
    await refresh();
    life.tick = 40_520;
    await refresh();
    expect(store.surveys.value?.surveys.at(-1)?.tick).toBe(40_500);
  });

  test('is asked for anew before it has many times the rows that can be seen', async () => {
    await refresh();
    let most = 0;
    for (let i = 0; i < 300; i++) {
      life.tick += 1_000;
      await refresh();
      most = Math.max(most, shownTicks().length);
    }
    expect(most).toBeLessThan(2 * POINTS);
    expect(shownTicks().at(-1)).toBe(life.tick);
    expect(store.overview.value?.columns.tick.at(-1)).toBe(life.tick);
  });

  test('loses no birth, however it is put together', async () => {
    await refresh();
    for (let i = 0; i < 40; i++) {
      life.tick += 20 * ((i % 7) + 1);
      await refresh();
    }
    const sum = (counts: readonly (number | null)[] = []) =>
      counts.reduce<number>((total, count) => total + (count ?? 0), 0);
    const all = life.statistics({ from: 0, points: 1_000_000 });
    expect(sum(store.statistics.value?.columns['births'])).toBe(sum(all.columns['births']));
    expect(sum(store.overview.value?.columns['births'])).toBe(sum(all.columns['births']));
  });

  test('after a long absence is whole again at the look after', async () => {
    await refresh();
    life.tick = 900_000;
    await refresh();
    await refresh();
    expect(shownTicks()[0]).toBe(0);
    expect(shownTicks().at(-1)).toBe(900_000);
  });
});

test('a live window moves on', async () => {
  choice.value = newestTicks(2_000);
  await refresh();
  await refresh();
  expect(store.range.value).toEqual({ from: 38_000, to: 40_000 });
  expect(store.statistics.value?.everyTicks).toBe(20);
  life.tick = 40_200;
  await refresh();
  expect(store.range.value).toEqual({ from: 38_200, to: 40_200 });
  expect(shownTicks().at(-1)).toBe(40_200);
});

test('a range of the past is asked for once, while the overview goes on', async () => {
  choice.value = { from: 10_000, to: 12_000 };
  await refresh();
  asked = [];
  life.tick = 41_000;
  await refresh();
  expect(asked).toEqual([['statistics', { from: 40_001, to: undefined, points: 10_000 }]]);
  expect(shownTicks()).toHaveLength(101);
  expect(store.newestTick.value).toBe(41_000);
});

test('another range is asked for', async () => {
  await refresh();
  choice.value = { from: 10_000, to: 12_000 };
  await refresh();
  expect(shownTicks()[0]).toBe(10_000);
  expect(shownTicks().at(-1)).toBe(12_000);
});

test('of another colony nothing is kept', async () => {
  await refresh();
  life = new FakeLife({ colonyInstanceId: 'instance-2', tick: 400 });
  await refresh();
  expect(store.statistics.value?.colonyInstanceId).toBe('instance-2');
  expect(store.newestTick.value).toBe(400);
});

test('a failure is told, what is known stays, and the next answer mends it', async () => {
  await refresh();
  failure = new Error('the coordinator does not answer');
  await refresh();
  expect(store.failure.value).toBe('the coordinator does not answer');
  expect(shownTicks().length).toBeGreaterThan(0);
  failure = undefined;
  await refresh();
  expect(store.failure.value).toBeUndefined();
});

test('without surveys the statistics are shown, and it is said', async () => {
  surveysFail = true;
  await refresh();
  expect(shownTicks().at(-1)).toBe(40_000);
  expect(store.failure.value).toBe('no surveys');
  surveysFail = false;
  await refresh();
  expect(store.surveys.value?.surveys.length).toBeGreaterThan(0);
  expect(store.failure.value).toBeUndefined();
});

test('a colony whose statistics begin late begins there', async () => {
  life = new FakeLife({ tick: 40_000, since: 30_000 });
  await refresh();
  expect(store.overview.value?.columns.tick[0]).toBeGreaterThanOrEqual(30_000);
});

test('what lacks rows is shown, with the reason, and asked for again until it has all', async () => {
  lacking = { incomplete: { detail: 'the store hangs' } };
  await refresh();
  expect(store.failure.value).toBe('the store hangs');
  expect(shownTicks().length).toBeGreaterThan(0);
  lacking = {};
  asked = [];
  nowMs = 2_000;
  await refresh();
  expect(store.failure.value).toBeUndefined();
  expect(asked.map(([, { from, points }]) => [from, points])).toContainEqual([0, 300]);
  asked = [];
  await refresh();
  expect(asked.map(([, { from }]) => from)).not.toContain(0);
});

test('newest rows that lack some are shown, with the reason, until all is there', async () => {
  await refresh();
  newerLacking.statistics = { incomplete: { detail: 'the store hangs' } };
  life = new FakeLife({ tick: 40_400, gap: [40_040, 40_200] });
  await refresh();
  expect(store.failure.value).toBe('the store hangs');
  expect(shownTicks().at(-1)).toBe(40_400);
  newerLacking.statistics = {};
  life = new FakeLife({ tick: 40_420 });
  nowMs = 2_000;
  await refresh();
  expect(store.failure.value).toBeUndefined();
  const sum = (counts: readonly (number | null)[] = []) =>
    counts.reduce<number>((total, count) => total + (count ?? 0), 0);
  const births = sum(life.statistics({ from: 0, points: 1_000_000 }).columns['births']);
  expect(sum(store.statistics.value?.columns['births'])).toBe(births);
  expect(sum(store.overview.value?.columns['births'])).toBe(births);
});

test('it is said of newest rows too of which none came', async () => {
  await refresh();
  newerLacking.statistics = { incomplete: { detail: 'the store hangs' } };
  await refresh();
  expect(store.failure.value).toBe('the store hangs');
});

test('so are new surveys that lack some', async () => {
  await refresh();
  newerLacking.surveys = { incomplete: { detail: 'a segment is gone' } };
  life = new FakeLife({ tick: 42_000, gap: [40_400, 40_600] });
  await refresh();
  expect(store.failure.value).toBe('a segment is gone');
  newerLacking.surveys = {};
  life = new FakeLife({ tick: 42_000 });
  nowMs = 2_000;
  await refresh();
  expect(store.failure.value).toBeUndefined();
  expect(store.surveys.value?.surveys.map(({ tick }) => tick)).toContain(40_500);
});

test('what lacks rows for ever is asked for ever more rarely, while its newest rows are taken in', async () => {
  life = new FakeLife({ tick: 2_000 });
  lacking = { incomplete: { detail: 'a segment is gone' } };
  const wholeAtMs: number[] = [];
  for (; nowMs <= 300_000; nowMs += 2_000) {
    asked = [];
    life.tick += 20;
    await refresh();
    if (asked.some(([what, { from }]) => what === 'statistics' && from === 0)) {
      wholeAtMs.push(nowMs);
    }
    expect(shownTicks().at(-1)).toBe(life.tick);
  }
  expect(wholeAtMs).toEqual([0, 2, 6, 14, 30, 62, 122, 182, 242].map((s) => s * 1_000));
  expect(store.failure.value).toBe('a segment is gone');
});
