import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import { type Launch, signal, Workbench } from '../cluster/local-mode.fixture.ts';
import { launchBrowser } from './served-page.ts';

/** Real processes, of which some are killed, watched on the page. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const workbench = new Workbench();
let launch: Launch;
let api: ApiClient;
let page: Page;

const eventually = { timeout: 90_000, interval: 100 };

/** Keeps what the page says while it changes; run in the page. */
const WATCH = `(() => {
  const seen = { recovery: [], troubles: [], notices: [], greenWhileLost: 0 };
  const text = (selector) => document.querySelector(selector)?.textContent ?? '';
  const note = (list, value) => { if (value !== '' && list.at(-1) !== value) list.push(value); };
  const look = () => {
    const panel = document.querySelector('.recovery');
    if (panel !== null) {
      note(seen.recovery, [
        text('.recovery .cause'),
        text('.recovery [aria-current]'),
        text('#recovery-progress'),
      ].join(' | '));
    }
    note(seen.troubles, text('.trouble-row'));
    note(seen.notices, text('#connection'));
    const isLost = document.querySelector('#connection') !== null;
    const isOld = document.querySelector('.cluster tr[data-old]') !== null;
    if (isLost && isOld) {
      seen.greenWhileLost += document.querySelectorAll('.cluster tr[data-old] [data-tone="good"]').length;
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  globalThis.seen = seen;
})()`;

interface Seen {
  /** Cause, step and progress of recoveries, as they came. */
  recovery: string[];
  troubles: string[];
  notices: string[];
  greenWhileLost: number;
}
const seen = () => page.evaluate<Seen>('globalThis.seen');

beforeEach(async () => {
  // All that is computed is computed again after a loss, which takes about as long.
  launch = workbench.small(
    workbench.folder(),
    ...['--backends', '3', '--checkpoint-interval-seconds', '600'],
  );
  api = await launch.running();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const [, url] = await launch.until(/The colony is at (http:\S+)/);
  await page.goto(`${url}/#tab=cluster`);
  await row(3).waitFor();
  await expect.poll(() => row(2).locator('.spark path').count(), eventually).toBe(3);
  await page.evaluate(WATCH);
});
afterEach(async () => {
  await page.close();
  await workbench.clear();
});

const row = (n: number) => page.locator(`tr[data-backend="backend-${n}"]`);
const restartsOf = async (n: number) =>
  /restarted .*/.exec(await row(n).locator('td').last().innerText())?.[0] ?? 'never';
/** Below the tick stands how far it is behind. */
const tickOf = async (n: number) =>
  Number((await row(n).locator('td').nth(1).innerText()).split('\n')[0]?.replaceAll(/\D/g, ''));
const phase = () => page.locator('#phase').innerText();

test('a backend that is killed is seen lost, replaced, and its ticks computed again', async () => {
  const { tick, backends } = await api.colony();
  signal(backends[1]?.pid, 'SIGKILL');
  await expect.poll(async () => (await seen()).recovery.length, eventually).toBeGreaterThan(0);
  // Back in its place, under the same name.
  await expect.poll(() => row(2).count(), eventually).toBe(1);
  await expect.poll(() => restartsOf(2), eventually).toBe('restarted once');
  await page.locator('.recovery').waitFor({ state: 'detached' });
  await expect.poll(phase, eventually).toBe('Ticking');
  await expect.poll(() => tickOf(2), eventually).toBeGreaterThan(tick ?? 0);

  const { recovery, troubles } = await seen();
  expect(recovery[0]).toContain('Backend backend-2 is lost: its process is gone');
  expect(recovery.some((text) => text.includes('Its shards are given to backends'))).toBe(true);
  const again = recovery.filter((text) => text.includes('What was lost is computed again'));
  expect(again.some((text) => /Tick [\d,]+ of [\d,]+/.test(text))).toBe(true);
  expect(again.some((text) => /ticks per second, about .+ left/.test(text))).toBe(true);
  expect(troubles.join()).toContain('A backend is lost: its process is gone');

  // The error has gone, and is remembered.
  expect(await page.locator('.trouble-row').count()).toBe(0);
  await page.locator('#past-trouble-table').getByText('its process is gone').first().waitFor();
});

test('a coordinator that is killed is seen gone and back, and costs no backend', async () => {
  const coordinator = launch.children().find(({ command }) => command.includes('coordinator.js'));
  signal(coordinator?.pid, 'SIGKILL');
  await page.locator('#connection').waitFor();
  await page.locator('#connection').waitFor({ state: 'detached' });
  await expect.poll(phase, eventually).toBe('Ticking');
  await expect.poll(() => page.locator('tr[data-old]').count(), eventually).toBe(0);
  const { notices, greenWhileLost, recovery } = await seen();
  expect(notices[0]).toContain('Connection lost');
  expect(greenWhileLost).toBe(0);
  expect(recovery).toEqual([]);
  expect(await restartsOf(2)).toBe('never');
});
