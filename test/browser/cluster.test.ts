import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RecoveryView } from '../../services/protocol/api/cluster-api.ts';
import type { ClusterHistoryView } from '../../services/protocol/api/cluster-history.ts';
import type { BackendView } from '../../services/protocol/api/public-api.ts';
import { ERRORS } from '../../services/protocol/common/error-codes.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { accessibilityFaults } from './axe.ts';
import { LivingColony } from './living-colony.ts';
import { launchBrowser, serve, watch } from './served-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const POINTS = 60;

/** A living colony of whose backends a test tells. */
class WatchedColony extends LivingColony {
  /** What a backend tells beside what it would, by its id. */
  readonly told = new Map<string, Partial<BackendView>>();
  recovery: RecoveryView | null = null;
  troubles: ClusterHistoryView['troubles'] = [];

  override async view(): ReturnType<LivingColony['view']> {
    const view = await super.view();
    const backends = view.backends.map((one) => ({ ...one, ...this.told.get(one.id) }));
    return { ...view, backends, recovery: this.recovery };
  }

  override async clusterHistory(): ReturnType<LivingColony['clusterHistory']> {
    const column = (value: number) =>
      Array.from({ length: POINTS }, (_, i) => value * (1 + Math.sin(i / 5) / 4));
    const history = {
      ...{ begins: '2026-11-30T15:00:00.000Z', epoch: 1, troubles: this.troubles },
      points: {
        elapsedMs: Array.from({ length: POINTS }, (_, i) => 2_000 * i),
        phase: Array.from({ length: POINTS }, () => 'Ticking' as const),
        ...{ tick: column(100), ticksPerSecond: column(60) },
      },
      backends: [1, 2, 3, 4].map((n) => ({
        ...{ id: `backend-${n}`, ticksPerSecond: column(60), lag: column(2) },
        ...{ halos: column(0.1 * n), horizon: column(0), pace: column(0), samples: column(0) },
        ...{ memoryBytes: column(1e8), processors: column(1) },
      })),
    };
    return { etag: String(this.troubles.length), history };
  }
}

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

let colony: WatchedColony;
let server: Awaited<ReturnType<typeof serve>>;
let page: Page;
let watched: ReturnType<typeof watch>;

beforeEach(async () => {
  colony = new WatchedColony(spec);
  await colony.start({ key: 'before', spec: {} });
  server = await serve(colony);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  watched = watch(page, server.origin);
  await page.goto(`${server.origin}/#tab=cluster`);
  await row(4).waitFor();
});
afterEach(async () => {
  await page.close();
  await server.close();
});

const eventually = { timeout: 20_000, interval: 50 };
const row = (n: number) => page.locator(`tr[data-backend="backend-${n}"]`);
const waits = (halos: number) => ({ waiting: { halos, horizon: 0, pace: 0, samples: 0 } });
const names = () => page.locator('tr[data-backend] th').allInnerTexts();

const trouble = {
  ...{ backend: 'backend-2', code: 'BACKEND_LOST', detail: 'its process is gone', tick: 117 },
  ...{ at: '2026-11-30T15:20:11.000Z', endedAt: null },
};
const replaying: RecoveryView = {
  ...{ kind: 'loss', step: 'replaying', cause: 'backend backend-2 is lost: it is gone' },
  ...{ detail: null, elapsedSeconds: 4, fromTick: 100, tick: 150, toTick: 300 },
  ...{ ticksPerSecond: 80, remainingSeconds: 2 },
};

test('the tab is reached by the keyboard, and its address leads back to it', async () => {
  await page.goto(server.origin);
  await page.getByRole('tab', { name: 'World' }).focus();
  await page.keyboard.press('End');
  await row(1).waitFor();
  expect(page.url()).toContain('tab=cluster');
});

test('each backend has its figures, its past and the colour of its shards', async () => {
  expect(await row(2).innerText()).toMatch(/backend-2[\s\S]*Ticking[\s\S]*59\.8[\s\S]*120 MB/);
  await expect.poll(() => row(2).locator('svg.spark path').count(), eventually).toBe(3);
  const colours = page.locator('tr[data-backend] .swatch rect');
  const fills = await colours.evaluateAll((all) => all.map((one) => one.getAttribute('fill')));
  expect(new Set(fills).size).toBe(4);
});

test('the table fits a window of 1280 pixels, and tells all else of a backend where one asks for it', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const n of [1, 2, 3, 4]) {
    colony.told.set(`backend-${n}`, { tick: 123_456_789, lag: 120, restarts: 3, ...waits(0.6) });
  }
  colony.told.set('backend-2', { ageMs: 65_000, state: 'Waiting', ...waits(0.01) });
  await row(1).getByText('120 behind').waitFor();
  await row(1).getByText('restarted 3 times').waitFor();
  await row(2).getByText('last known, 1 min 5 s ago').waitFor();
  const details = page.locator('.details-row');
  expect(await details.count()).toBe(0);
  const disclosure = page.getByRole('button', { name: 'Details of backend-1' });
  await disclosure.focus();
  await page.keyboard.press('Enter');
  expect(await disclosure.getAttribute('aria-expanded')).toBe('true');
  expect(await details.innerText()).toMatch(/Shards\s+\d+[\s\S]*http:\/\/127\.0\.0\.1:9001/);
  const box = page.getByRole('region', { name: 'Table of the backends' });
  const wider = await box.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(wider).toBe(0);
  expect(await accessibilityFaults(page, '.cluster')).toEqual([]);
});

test('a swatch leads to the shards in the world', async () => {
  await page.getByRole('button', { name: 'Show the shards of backend-3 in the world' }).click();
  await page.locator('canvas').first().waitFor();
  expect(page.url()).toContain('layer=owner');
});

test('the backend that holds the others up is named and marked', async () => {
  for (const n of [1, 2, 4]) colony.told.set(`backend-${n}`, waits(0.5));
  colony.told.set('backend-3', waits(0.03));
  await page
    .getByText(/backend-3 is the slowest and holds the others up: it waits for neighbours \d+ %/)
    .waitFor();
  expect(await row(3).innerText()).toContain('slowest');
  expect(await row(1).innerText()).not.toContain('slowest');
});

test('backends are ordered by the figure that is chosen', async () => {
  for (const n of [1, 2, 3]) colony.told.set(`backend-${n}`, waits(0.9));
  colony.told.set('backend-4', waits(0.01));
  await page.getByRole('button', { name: 'Waits' }).click();
  await expect.poll(async () => (await names())[0], eventually).toContain('backend-4');
  const heading = page.getByRole('columnheader', { name: 'Waits' });
  expect(await heading.getAttribute('aria-sort')).toBe('ascending');
});

test('what is not known now is shown as last known, with its age, and not in green', async () => {
  colony.told.set('backend-2', { ageMs: 65_000 });
  await row(2).getByText('last known, 1 min 5 s ago').waitFor();
  expect(await row(2).locator('.state').getAttribute('data-tone')).toBe('quiet');
  expect(await row(1).locator('.state').getAttribute('data-tone')).toBe('good');
});

test('nothing is green once nobody answers', async () => {
  await server.close();
  await page.getByText('Connection lost').waitFor();
  const green = page.locator('.cluster [data-tone="good"]');
  await expect.poll(() => green.count(), eventually).toBe(0);
  expect(await row(1).innerText()).toContain('last known');
  server = await serve(colony, server.port);
  await expect.poll(() => green.count(), eventually).toBe(5);
});

test('what is wrong is told in words, until its cause has gone', async () => {
  colony.told.set('backend-2', { state: 'Lost', trouble });
  const told = page.locator('.trouble-row');
  await told.waitFor();
  expect(await told.innerText()).toContain(`${ERRORS.BACKEND_LOST.title}: its process is gone`);
  expect(await told.innerText()).toContain('at tick 117');
  colony.told.delete('backend-2');
  colony.troubles = [{ ...trouble, endedAt: '2026-11-30T15:20:19.000Z' }];
  await told.waitFor({ state: 'detached' });
  await page.locator('#past-trouble-table').getByText('its process is gone').waitFor();
});

test('a recovery is shown with its cause, step, progress, speed and the time that is left', async () => {
  colony.recovery = replaying;
  const panel = page.locator('.recovery');
  await panel.waitFor();
  expect(await panel.innerText()).toContain('Backend backend-2 is lost: it is gone');
  expect(await panel.locator('[aria-current="step"]').innerText()).toBe(
    'What was lost is computed again',
  );
  const bar = panel.locator('progress');
  expect(await bar.getAttribute('max')).toBe('200');
  expect(await bar.getAttribute('value')).toBe('50');
  expect(await panel.innerText()).toContain(
    'Tick 150 of 300, 80.0 ticks per second, about 2 s left',
  );
  colony.recovery = null;
  await panel.waitFor({ state: 'detached' });
});

describe.each(['light', 'dark'] as const)('in the %s colours', (colorScheme) => {
  test.each([
    ['a screen', 1440, 900],
    ['a telephone', 390, 844],
  ])('axe finds no fault on %s, nor does anything stick out', async (_what, width, height) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    colony.told.set('backend-1', waits(0.02));
    for (const n of [3, 4]) colony.told.set(`backend-${n}`, waits(0.5));
    colony.told.set('backend-2', { state: 'Lost', trouble, ageMs: 20_000 });
    colony.recovery = replaying;
    colony.troubles = [{ ...trouble, endedAt: '2026-11-30T15:20:19.000Z' }];
    await page.locator('.recovery').waitFor();
    await page.locator('.trouble-row').waitFor();
    await page.locator('.spark path').first().waitFor();
    await page.locator('#past-trouble-table').waitFor();
    expect(await accessibilityFaults(page, '.cluster')).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
  });
});

test('the view complains of nothing and asks no other host', async () => {
  await page.locator('.spark path').first().waitFor();
  expect(watched.complaints).toEqual([]);
  expect(watched.foreign).toEqual([]);
});
