import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ColonyView } from '../../services/protocol/api/public-api.ts';
import { Workbench } from '../cluster/local-mode.fixture.ts';
import { launchBrowser, watch } from './served-page.ts';

/** Real processes on a machine that does much else. */
const eventually = { timeout: 90_000, interval: 200 };

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const bench = new Workbench();
afterEach(() => bench.clear());

test('a world is chosen, stepped, changed and ended from the page of real processes', async () => {
  const launch = bench.small(bench.folder(), '--backends', '2', '--no-colony-start');
  const client = await launch.running();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(eventually.timeout);
  const watched = watch(page, client.url);
  const view = async (): Promise<ColonyView> =>
    (await (await fetch(`${client.url}/colony`)).json()) as ColonyView;
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  await page.goto(client.url);
  await button('Choose its world…').click();
  const newWorld = page.getByRole('dialog', { name: 'A new world' });
  expect(await newWorld.getByLabel('Width').inputValue()).toBe('256');
  await newWorld.getByLabel('Width').fill('128');
  await newWorld.getByLabel('Height').fill('64');
  await newWorld.getByLabel('Shard side').selectOption('32');
  await newWorld.getByLabel('Pace').selectOption('60');
  await newWorld.getByRole('button', { name: 'Start this world' }).click();
  await expect
    .poll(async () => (await view()).spec, eventually)
    .toMatchObject({ width: 128, height: 64, shardSize: 32 });
  await expect.poll(async () => (await view()).ticksPerSecond.asked, eventually).toBe(60);
  await expect.poll(async () => (await view()).tick, eventually).toBeGreaterThan(20);

  await button('Pause').click();
  await button('Resume').waitFor();
  await expect.poll(async () => (await view()).phase, eventually).toBe('Paused');
  const standsAt = (await view()).tick ?? 0;
  await page.getByLabel('Ticks per step').selectOption('100');
  await button('Step').click();
  await expect.poll(async () => (await view()).tick, eventually).toBe(standsAt + 100);

  await button('Inject…').click();
  const injection = page.getByRole('dialog', { name: 'Inject an event' });
  await injection.getByRole('radio', { name: 'New land' }).check();
  await injection.getByLabel('At tick').fill('900000');
  await injection.getByRole('button', { name: 'Inject', exact: true }).click();
  await page.getByRole('button', { name: /^Cancel the event at 900,000/ }).click();
  await page.locator('#events').getByText('new topography (cancelled)').waitFor();

  await button('Stop…').click();
  await button('Stop it').click();
  await button('Start the colony').waitFor();
  expect((await view()).status).toBe('NotInitialized');
  expect(watched.complaints).toEqual([]);
  expect(watched.foreign).toEqual([]);
  await page.close();
});
