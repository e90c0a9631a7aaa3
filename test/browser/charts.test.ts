import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { statisticsAnswerSchema } from '../../services/protocol/api/series-api.ts';
import type { ColonyEvent } from '../../services/protocol/colony/colony-event.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { FakeLife } from '../support/charts/fake-life.ts';
import { LivingColony } from './living-colony.ts';
import { launchBrowser, serve, watch } from './served-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const eventually = { timeout: 20_000, interval: 50 };

const EVENTS: readonly ColonyEvent[] = [
  { sequence: null, origin: 'random', tick: 2_000, kind: 'extinction', draw: 3 },
  { sequence: 1, origin: 'injected', tick: 30_000, kind: 'extraFood', amount: 2 },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

let colony: LivingColony;
let life: FakeLife;
let server: Awaited<ReturnType<typeof serve>>;
let page: Page;
let watched: ReturnType<typeof watch>;
/** What was asked of the statistics, oldest first. */
let asked: URLSearchParams[];

beforeEach(async () => {
  colony = new LivingColony(spec);
  await colony.start({ key: 'before', spec: {} });
  const { colonyInstanceId } = await colony.view();
  life = new FakeLife({ colonyInstanceId: colonyInstanceId ?? '', tick: 40_000 });
  server = await serve(colony);
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  watched = watch(page, server.origin);
  await answerFrom(page);
});
afterEach(async () => {
  await page.close();
  await server.close();
});

/** Lets the made-up life answer for the colony: it is as old as a test wants. */
async function answerFrom(asking: Page): Promise<void> {
  asked = [];
  const answer = (path: string, of: (query: URLSearchParams) => unknown) =>
    asking.route(
      (url) => url.pathname === path,
      (route) => route.fulfill({ json: of(new URL(route.request().url()).searchParams) }),
    );
  const range = (query: URLSearchParams) => ({
    from: Number(query.get('from')),
    to: query.has('to') ? Number(query.get('to')) : undefined,
    points: Number(query.get('points')),
  });
  await answer('/statistics', (query) => {
    asked.push(query);
    return life.statistics(range(query));
  });
  await answer('/surveys', (query) => life.surveys(range(query)));
  await answer('/colony-events', (query) => EVENTS.filter(({ tick }) => tick >= range(query).from));
  await answer('/pictures', () => ({
    pictures: [0, 29_000, 32_000].map((tick) => ({ tick, width: 160, height: 96, sizeBytes: 9 })),
  }));
  const [, pixel = ''] =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=='.split(
      ',',
    );
  await asking.route('**/pictures/*', (route) =>
    route.fulfill({ contentType: 'image/png', body: Buffer.from(pixel, 'base64') }),
  );
}

const chart = (id: string) => page.locator(`[data-chart="${id}"]`);
const plot = (id: string) => chart(id).locator('.u-over');
const value = (id: string, series: string) =>
  chart(id).locator(`[data-series="${series}"] .value`).innerText();
const rangeText = () => page.locator('.range-text').innerText();
const cursorText = () => page.locator('.cursor-text').innerText();
const slider = () => page.getByLabel('Cursor: the tick whose values are told');

const isLoaded = () =>
  expect.poll(() => page.locator('[aria-busy="true"]').count(), eventually).toBe(0);

async function open(hash = '#tab=charts'): Promise<void> {
  await page.goto(`${server.origin}/${hash}`);
  await chart('population').locator('canvas').waitFor();
}

/** As the page tells it: four digits that matter. */
function told(count: number): string {
  return count >= 1_000 ? `${(count / 1_000).toPrecision(4)} k` : String(count);
}

describe('a living colony', () => {
  /** What the API itself answers of a tick. */
  async function rowOf(tick: number): Promise<Record<string, number>> {
    const query = `from=${tick}&to=${tick}&points=1`;
    const answer = await fetch(`${server.origin}/statistics?${query}`);
    const { columns } = statisticsAnswerSchema.parse(await answer.json());
    return Object.fromEntries(Object.entries(columns).map(([name, [at]]) => [name, at ?? 0]));
  }

  async function openLiving(): Promise<void> {
    await colony.pause();
    await colony.step({ key: 'a', ticks: 200 });
    await page.unrouteAll();
    await open();
  }

  test('has in its charts what GET /statistics answers', async () => {
    await openLiving();
    await plot('size').click({ position: { x: 150, y: 60 } });
    const tick = Number((await cursorText()).replaceAll(/\D/g, ''));
    expect(tick).toBeLessThan(200);
    const row = await rowOf(tick);
    expect(row['tick']).toBe(tick);
    expect(await value('population', 'population')).toBe(told(row['population'] ?? 0));
    expect(await value('size', 'mean')).toBe(
      ((row['size'] ?? 0) / (row['population'] ?? 0)).toPrecision(4),
    );
  });

  test('is followed as it goes on', async () => {
    await openLiving();
    await colony.step({ key: 'b', ticks: 40 });
    await expect.poll(rangeText, eventually).toBe('Ticks 0 to 240, live');
    await expect.poll(cursorText, eventually).toBe('Values at tick 240');
    const { population = 0 } = await rowOf(240);
    expect(await value('population', 'population')).toBe(told(population));
  });
});

test('every chart of the whole life is drawn, with its values at the newest row', async () => {
  await open();
  expect(await rangeText()).toBe('Ticks 0 to 40,000, live');
  expect(await page.locator('.plot canvas').count()).toBe(13);
  const row = life.row(40_000);
  expect(await value('population', 'population')).toBe(told(row['population'] ?? 0));
});

describe('the cursor', () => {
  test('has the values of the row under the pointer in all charts', async () => {
    await open('#tab=charts&from=38000&to=39000');
    await plot('health').hover({ position: { x: 120, y: 60 } });
    await expect.poll(cursorText, eventually).toMatch(/^Values at tick 38,[\d]+$/);
    const tick = Number((await cursorText()).replaceAll(/\D/g, ''));
    expect(tick).toBeLessThan(39_000);
    const { population = 0, births, health } = life.row(tick) as Record<string, number>;
    expect(await value('population', 'population')).toBe(told(population));
    expect(await value('births-deaths', 'births')).toBe(
      told(Number(((births ?? 0) / 20).toFixed(3))),
    );
    expect(await value('health', 'mean')).toBe(((health ?? 0) / population).toPrecision(4));
  });

  test('goes from row to row with the arrow keys, and follows the newest again after Escape', async () => {
    await open('#tab=charts&from=-1000');
    await slider().focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(cursorText, eventually).toBe('Values at tick 39,980');
    await page.keyboard.press('PageDown');
    await expect.poll(cursorText, eventually).toBe('Values at tick 39,780');
    expect(await slider().getAttribute('aria-valuetext')).toBe('tick 39,780');
    expect(await value('population', 'population')).toBe(told(life.row(39_780)['population'] ?? 0));
    await page.keyboard.press('Escape');
    await expect.poll(cursorText, eventually).toBe('Values at tick 40,000');
  });

  test('stays where it is clicked, with the histograms of its survey', async () => {
    await open();
    await plot('population').click({ position: { x: 100, y: 60 } });
    await page.mouse.move(5, 5);
    const pinned = Number((await cursorText()).replaceAll(/\D/g, ''));
    expect(pinned).toBeLessThan(30_000);
    const text = await chart('histograms').locator('h2 small').innerText();
    const survey = Number(text.replaceAll(/\D/g, ''));
    expect(Math.abs(survey - pinned)).toBeLessThanOrEqual(250);
    expect(await page.locator('.histogram rect').count()).toBeGreaterThan(30);
  });
});

describe('the range', () => {
  test('is what is drawn over, stands in the address, and a double click shows the whole life', async () => {
    await open();
    const box = await plot('population').boundingBox();
    if (box === null) throw new Error('the chart is not shown');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await expect.poll(rangeText, eventually).toMatch(/^Ticks (9,9|10,0)\d\d to (19,9|20,0)\d\d$/);
    await expect.poll(() => page.url(), eventually).toMatch(/from=\d+&to=\d+$/);
    // Finer than the whole life was.
    await expect.poll(() => asked.some((query) => query.has('to')), eventually).toBe(true);
    await isLoaded();
    await plot('population').dblclick({ position: { x: 50, y: 50 } });
    await expect.poll(rangeText, eventually).toBe('Ticks 0 to 40,000, live');
    await expect.poll(() => page.url(), eventually).not.toContain('from=');
  });

  test('of a link is shown', async () => {
    await open('#tab=charts&from=12000&to=14000');
    expect(await rangeText()).toBe('Ticks 12,000 to 14,000');
    expect(
      await page.getByRole('slider', { name: 'First tick shown' }).getAttribute('aria-valuenow'),
    ).toBe('12000');
    const link = await page.getByRole('link', { name: 'statistics as CSV' }).getAttribute('href');
    expect(link).toBe('statistics?from=12000&to=14000&points=10000&format=csv');
  });

  test('is moved by keys at its edges', async () => {
    await open();
    await page.getByRole('slider', { name: 'First tick shown' }).press('PageUp');
    await expect.poll(rangeText, eventually).toBe('Ticks 4,000 to 40,000, live');
    await page.getByRole('slider', { name: 'Last tick shown' }).press('ArrowLeft');
    await expect.poll(rangeText, eventually).toBe('Ticks 4,000 to 39,600');
  });

  test('goes on with the colony, and asks for what is new alone', async () => {
    await open();
    await isLoaded();
    asked.length = 0;
    life.tick = 40_060;
    await expect.poll(rangeText, eventually).toBe('Ticks 0 to 40,060, live');
    await expect.poll(cursorText, eventually).toBe('Values at tick 40,060');
    expect(await value('population', 'population')).toBe(told(life.row(40_060)['population'] ?? 0));
    expect(asked.every((query) => Number(query.get('from')) > 40_000)).toBe(true);
  });
});

test('rates are told by creature', async () => {
  await open('#tab=charts&from=-1000');
  const before = await value('births-deaths', 'births');
  await page.getByLabel('Rates by creature').check();
  await expect.poll(() => value('births-deaths', 'births'), eventually).not.toBe(before);
  expect(await chart('births-deaths').innerText()).toContain('in 1000 ticks of a creature');
});

test('a mark shows its event in words, and the picture of the world nearest to it', async () => {
  await open();
  await page.getByRole('button', { name: 'Tick 30,000: food that grows' }).click();
  const card = page.getByRole('region', { name: 'What happened' });
  expect(await card.innerText()).toContain('food that grows: +2 everywhere');
  await card.getByRole('img', { name: 'The world at tick 29,000' }).waitFor();
  await card.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => card.count(), eventually).toBe(0);
});

test('a species is marked by its name', async () => {
  await open();
  const first = chart('species-shares').getByRole('button').first();
  await first.click();
  expect(await first.getAttribute('aria-pressed')).toBe('true');
  const colour = (await first.innerText()).replace('#', '');
  await expect.poll(() => page.url(), eventually).toContain(`mark=species-${colour}`);
});

test('it is said where statistics begin, and that they cannot be had', async () => {
  const { colonyInstanceId } = life;
  life = new FakeLife({ colonyInstanceId, tick: 40_000, since: 20_000 });
  await open();
  await page.getByText(/^There are no statistics before tick 20,\d+\.$/).waitFor();
  await page.route(
    (url) => url.pathname === '/statistics',
    (route) => route.abort(),
  );
  await page.getByText('Not all statistics can be had: the coordinator does not answer').waitFor();
  // What was known is still shown.
  expect(await page.locator('.plot canvas').count()).toBe(13);
});

test.each(['light', 'dark'] as const)('axe finds nothing in the %s charts', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await open();
  await page.getByRole('button', { name: 'Tick 30,000: food that grows' }).click();
  await page.getByText('Numbers of this range').first().click();
  await page.evaluate(axe.source);
  const found = await page.evaluate<string[]>(
    `axe.run(document.querySelector('.charts')).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join(': '))))`,
  );
  expect(found).toEqual([]);
});

test('the charts fit a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open();
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow).toBe(0);
});

test('the charts complain of nothing and ask no other host', async () => {
  await open();
  await plot('size').hover();
  await page.getByRole('button', { name: 'Tick 30,000: food that grows' }).click();
  await page.getByRole('img', { name: 'The world at tick 29,000' }).waitFor();
  expect(watched.complaints).toEqual([]);
  expect(watched.foreign).toEqual([]);
});
