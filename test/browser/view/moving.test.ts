import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { eventually, usePage } from '../opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const opened = usePage(spec);
const MOVES = 60;

/** Drags the world to and fro, by many moves. */
async function drag(): Promise<void> {
  const { page } = opened();
  await page.mouse.move(480, 420);
  await page.mouse.down();
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.move(480 + 100 * Math.sin(i / 5), 420 + 80 * Math.cos(i / 5));
  }
  await page.mouse.up();
}

test('however it was drawn while it moved, a view that stands has every pixel of the screen', async () => {
  const { page, openStarted } = opened();
  await openStarted('#x=80&y=48&scale=20');
  await page.locator('canvas[aria-label^="The world at tick"]').waitFor();
  await drag();
  const pixels = () =>
    page.evaluate<number[]>(`(() => {
      const { width, height, clientWidth, clientHeight } = document.querySelector('#world');
      return [width / clientWidth, height / clientHeight];
    })()`);
  await expect.poll(pixels, eventually).toEqual([1, 1]);
});

test('what lies under the pointer is told at most every 150 ms, and at last as it is', async () => {
  const { page, openStarted } = opened();
  await openStarted();
  await page.locator('canvas[aria-label^="The world at tick"]').waitFor();
  await page.mouse.move(300, 300);
  await page.locator('.pointer').waitFor();
  await page.evaluate(`(() => {
    const text = () => document.querySelector('.pointer')?.textContent;
    let before = text();
    window.told = { times: 0, sinceMs: performance.now() };
    new MutationObserver(() => {
      if (text() === before) return;
      before = text();
      window.told.times++;
    }).observe(document.querySelector('.picture-bar'), { subtree: true, childList: true, characterData: true });
  })()`);
  for (let i = 0; i < MOVES; i++) await page.mouse.move(300 + 3 * i, 300 + 2 * i);
  const { times, ms } = await page.evaluate<{ times: number; ms: number }>(
    '({ times: window.told.times, ms: performance.now() - window.told.sinceMs })',
  );
  expect(times).toBeGreaterThan(0);
  expect(times).toBeLessThanOrEqual(Math.ceil(ms / 150) + 1);
  const { x, y, width, height } = (await page.locator('#world').boundingBox())!;
  const scale = Math.min(width / 160, height / 96);
  const column = Math.floor((300 + 3 * (MOVES - 1) - x - width / 2) / scale + 80);
  const row = Math.floor((300 + 2 * (MOVES - 1) - y - height / 2) / scale + 48);
  await expect
    .poll(() => page.locator('.pointer').innerText(), eventually)
    .toMatch(new RegExp(`^${column}, ${row}`));
});
