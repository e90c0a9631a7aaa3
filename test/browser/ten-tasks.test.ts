import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import { eventually as becomesSo, Workbench } from '../cluster/local-mode.fixture.ts';
import { launchBrowser, watch } from './served-page.ts';

/*
 * docs/ten-tasks.md, click by click, in the page of real processes. The world stands: what the page shows can be held
 * against what the API answers.
 */

const RESULTS = path.resolve(import.meta.dirname, '../../test-results');
/** Real processes on a machine that does much else. */
const eventually = { timeout: 90_000, interval: 200 };
/** Three surveys, of the ticks 0, 500 and 1000. */
const AGE_TICKS = 1_100;

const bench = new Workbench();
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let client: ApiClient;
let page: Page;
let watched: ReturnType<typeof watch>;

beforeAll(async () => {
  browser = await launchBrowser();
  const launch = bench.small(
    bench.folder(),
    ...['--backends', '2', '--checkpoint-interval-seconds', '1'],
  );
  client = await launch.running();
  await becomesSo(`tick ${AGE_TICKS} is reached`, async () => (await tickNow()) > AGE_TICKS);
  await becomesSo('a picture is stored', async () => {
    const { pictures } = await ask<{ pictures: unknown[] }>('pictures');
    return pictures.length > 0;
  });
  await stand();
}, 240_000);
afterAll(async () => {
  await browser.close();
  await bench.clear();
});

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(eventually.timeout);
  watched = watch(page, client.url);
});
afterEach(async () => {
  await page.close();
});

async function ask<T>(what: string): Promise<T> {
  return (await (await fetch(`${client.url}/${what}`)).json()) as T;
}

const tickNow = async () => (await ask<{ tick: number | null }>('colony')).tick ?? 0;

/** The world stands, all backends at the same tick. */
async function stand(): Promise<number> {
  await fetch(`${client.url}/colony-pause`, { method: 'POST' });
  await becomesSo('the world stands', async () => {
    return (await ask<{ phase: string }>('colony')).phase === 'Paused';
  });
  return tickNow();
}

const open = (hash = '') => page.goto(`${client.url}/${hash}`);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const tab = (name: string) => page.getByRole('tab', { name }).click();

async function keepPicture(task: string) {
  mkdirSync(RESULTS, { recursive: true });
  await page.screenshot({ path: path.join(RESULTS, `ten-tasks-${task}.png`) });
}

interface Surveys {
  surveys: { tick: number; species: { largest: { colour: number }[] } }[];
}

/** The most common species of the newest survey, as `#rrggbb`, and the tick of the survey. */
async function mostCommon() {
  const { surveys } = await ask<Surveys>('surveys');
  const newest = surveys.at(-1);
  const colour = newest?.species.largest[0]?.colour ?? 0;
  return { name: `#${colour.toString(16).padStart(6, '0')}`, tick: newest?.tick ?? -1 };
}

test('the most common species is named, and since when it leads', async () => {
  const { name, tick } = await mostCommon();
  await open();
  await tab('Charts');
  const card = page.getByRole('region', { name: /^The most common/ });
  await card.getByText(`survey of tick ${tick.toLocaleString('en')}`).waitFor();
  expect(await card.getByRole('button').first().innerText()).toBe(name);
  await card.getByText(new RegExp(`^${name} has led since tick [\\d,]+$`)).waitFor();
  await keepPicture('1-2-most-common');
});

test('its share through time is among those of the species, and it stands out in the world', async () => {
  const { name } = await mostCommon();
  await open('#tab=charts');
  const card = page.getByRole('region', { name: /^The most common/ });
  await card.getByRole('button', { name }).click();
  const species = page.locator('[data-chart="species-shares"]');
  await species.locator(`button[aria-pressed="true"]`).waitFor();
  expect(await species.locator('button[aria-pressed="true"]').innerText()).toBe(name);
  await tab('World');
  await page.getByText(`Only the species ${name}`).waitFor();
  await keepPicture('3-marked');
});

test('a species is thrown where the world is clicked', async () => {
  await open();
  await button('Inject…').click();
  const dialog = page.getByRole('dialog', { name: 'Inject an event' });
  await dialog.getByRole('button', { name: 'Click a place in the world' }).click();
  await page.locator('#world').click();
  await dialog.waitFor();
  const at = {
    x: Number(await dialog.getByLabel(/^Centre x/).inputValue()),
    y: Number(await dialog.getByLabel(/^Centre y/).inputValue()),
  };
  await dialog.getByRole('button', { name: 'Inject', exact: true }).click();
  await page
    .locator('#events')
    .getByText(new RegExp(`new species .* at ${at.x}, ${at.y}, `))
    .waitFor();
  await keepPicture('4-injected');
});

test('food is thrown onto the spot that is clicked, and lies there', async () => {
  const tick = await stand();
  await open();
  await button('Inject…').click();
  const dialog = page.getByRole('dialog', { name: 'Inject an event' });
  await dialog.getByRole('radio', { name: 'Food on a spot' }).check();
  await dialog.getByLabel(/^Radius along x/).fill('12');
  await dialog.getByLabel(/^Radius along y/).fill('12');
  await dialog.getByLabel(/^Food on each cell/).fill('1000');
  await dialog.getByRole('button', { name: 'Click a place in the world' }).click();
  await page.locator('#world').click();
  await dialog.waitFor();
  const x = Number(await dialog.getByLabel(/^Centre x/).inputValue());
  const y = Number(await dialog.getByLabel(/^Centre y/).inputValue());
  /** The least food in a cell of a square within the spot. */
  const least = async () => {
    const query = `x=${x - 7}&y=${y - 7}&width=15&height=15`;
    const { cells } = await ask<{ cells: { food: number[] } }>(`cells?${query}`);
    return Math.min(...cells.food);
  };
  // What is there was eaten down to less, and what falls cannot be within a tick.
  expect(await least()).toBeLessThan(700);
  await dialog.getByRole('button', { name: 'Inject', exact: true }).click();
  await page
    .locator('#events')
    .getByText(`food on a spot: +1000 in each cell at ${x}, ${y}, 12 x 12 cells round it`)
    .waitFor();
  const events = await ask<{ kind: string; tick: number }[]>(`colony-events?from=${tick}`);
  const comesAt = events.find(({ kind }) => kind === 'foodDrop')?.tick ?? 0;
  await page.getByLabel('Ticks per step').selectOption('to tick…');
  const target = page.getByLabel('Tick to step to');
  await target.fill(String(comesAt + 1));
  await target.press('Enter');
  await expect.poll(tickNow, eventually).toBe(comesAt + 1);
  await expect.poll(least, eventually).toBeGreaterThanOrEqual(700);
  await page.locator('#layer').selectOption({ label: 'Food' });
  await keepPicture('4-food');
});

test('the world goes to a certain tick and stands there', async () => {
  const before = await stand();
  await open();
  await page.getByLabel('Ticks per step').selectOption('to tick…');
  const target = page.getByLabel('Tick to step to');
  await target.fill(String(before + 37));
  await target.press('Enter');
  await expect.poll(tickNow, eventually).toBe(before + 37);
  await expect
    .poll(() => page.locator('#tick').innerText(), eventually)
    .toBe((before + 37).toLocaleString('en'));
  await keepPicture('5-stands');
});

test('a killer is found in its layer, and followed', async () => {
  const square = { x: 96, y: 64, side: 64 };
  const { cells } = await ask<{ cells: { traits: number[]; size: number[] } }>(
    `cells?x=${square.x}&y=${square.y}&width=${square.side}&height=${square.side}`,
  );
  const killer = cells.traits.findIndex((traits, i) => (traits & 1) === 1 && cells.size[i] !== 0);
  expect(killer).toBeGreaterThanOrEqual(0);
  const x = square.x + (killer % square.side) + 0.5;
  const y = square.y + Math.floor(killer / square.side) + 0.5;
  await open(`#x=${x}&y=${y}&scale=24`);
  await page.locator('#layer').selectOption({ label: 'Hunters' });
  await page.getByText('can kill', { exact: true }).waitFor();
  await page.locator('#world').click();
  const inspector = page.getByRole('region', { name: 'The cell that is selected' });
  await inspector.getByText(/^Hunts 1 time in/).waitFor();
  await inspector.getByRole('button', { name: 'Follow' }).click();
  await expect.poll(() => page.url(), eventually).toContain('follow=1');
  await keepPicture('6-followed');
});

test('the population is saved as CSV', async () => {
  await open('#tab=charts');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save as CSV' }).click(),
  ]);
  const [header = '', ...rows] = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\n');
  const column = header.split(',').indexOf('population');
  const { columns } = await ask<{ columns: { population: number[] } }>(
    'statistics?from=0&points=10000',
  );
  const saved = rows.map((row) => Number(row.split(',')[column]));
  expect(saved).toEqual(columns.population.slice(0, saved.length));
  expect(saved.length).toBeGreaterThan(AGE_TICKS / 20);
});

test('it is said which backend is the slowest, or that none is', async () => {
  await open();
  await tab('Cluster');
  await page
    .getByText(/is the slowest and holds the others up|No backend is slower than the others/)
    .waitFor();
  await keepPicture('8-cluster');
});

test('a click into the life shows the world of an earlier tick', async () => {
  const now = (await stand()).toLocaleString('en');
  await open();
  const life = page.getByRole('slider', { name: 'Tick that is looked at' });
  await expect.poll(() => life.getAttribute('aria-valuetext'), eventually).toBe(`tick ${now}, now`);
  await life.click();
  await page
    .getByRole('region', { name: 'The world at an earlier tick' })
    .getByRole('img')
    .waitFor();
  const width = () => page.evaluate("document.querySelector('.past img')?.naturalWidth ?? 0");
  await expect.poll(width, eventually).toBeGreaterThan(0);
  await keepPicture('9-earlier');
});

test('a new world is larger and has other rules, and its memory and speed are told before', async () => {
  await open();
  await button('Stop…').click();
  await button('Stop it and choose a new world').click();
  const dialog = page.getByRole('dialog', { name: 'A new world' });
  const memory = () => dialog.locator('dd').nth(1).innerText();
  const before = await memory();
  await dialog.getByLabel('Width').fill('1024');
  await dialog.getByLabel('Height').fill('512');
  await expect.poll(memory, eventually).not.toBe(before);
  expect(await memory()).toMatch(/\d [kMG]B$/);
  expect(await dialog.locator('dd').nth(2).innerText()).toMatch(/^about [\d,]+ ticks\/s/);
  await dialog.locator('summary').click();
  await dialog.getByLabel(/^Breed base/).fill('250');
  await keepPicture('10-new-world');
  await dialog.getByRole('button', { name: 'Start this world' }).click();
  const started = async () => (await ask<{ spec: unknown }>('colony')).spec;
  await expect.poll(started, eventually).toMatchObject({ width: 1024, height: 512 });
  const rules = async () => (await ask<{ rules: unknown }>('colony')).rules;
  await expect.poll(rules, eventually).toMatchObject({ breedBase: 250 });
  expect(watched.foreign).toEqual([]);
});
