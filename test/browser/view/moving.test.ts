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

/**
 * The page of a world that stands, with graphics of a certain kind, and all widths that its canvas had.
 *
 * @param graphics changes the prototype `gl` of what draws, in the page
 */
async function openStanding(graphics: string) {
  const { page, colony, open } = opened();
  await page.addInitScript(`
    window.fences = 0;
    const gl = WebGL2RenderingContext.prototype;
    const fenceSync = gl.fenceSync;
    gl.fenceSync = function (...all) {
      window.fences++;
      return fenceSync.apply(this, all);
    };
    ${graphics}`);
  await colony.start({ key: 'before' });
  await colony.pause();
  // Below the scale of single cells.
  await open('#x=80&y=48&scale=6');
  await page.locator('canvas[aria-label^="The world at tick"]').waitFor();
  await page.evaluate(`(() => {
    const canvas = document.querySelector('#world');
    window.ratios = [];
    window.ratio = () => canvas.width / canvas.clientWidth;
    new MutationObserver(() => window.ratios.push(window.ratio()))
      .observe(canvas, { attributeFilter: ['width'] });
  })()`);
  return {
    ratio: () => page.evaluate<number>('window.ratio()'),
    ratios: () => page.evaluate<number[]>('window.ratios'),
    fences: () => page.evaluate<number>('window.fences'),
  };
}

test('with slow graphics a view is drawn coarsely while it moves, and with every pixel once it rests', async () => {
  const { ratio, ratios } = await openStanding(`
    const looks = new WeakMap();
    const { clientWaitSync } = gl;
    gl.clientWaitSync = function (fence, ...all) {
      looks.set(fence, (looks.get(fence) ?? 0) + 1);
      return looks.get(fence) <= 6 ? this.TIMEOUT_EXPIRED : clientWaitSync.call(this, fence, ...all);
    };`);
  await expect
    .poll(async () => {
      await drag();
      return Math.min(...(await ratios()));
    }, eventually)
    .toBeLessThan(1);
  await expect.poll(ratio, eventually).toBe(1);
});

test('a page whose own thread is busy does not take its graphics for slow', async () => {
  const { ratios, fences } = await openStanding(`
    gl.clientWaitSync = function () {
      return this.ALREADY_SIGNALED;
    };
    const { flush } = gl;
    gl.flush = function () {
      flush.call(this);
      queueMicrotask(() => {
        const endMs = performance.now() + 30;
        while (performance.now() < endMs);
      });
    };`);
  await expect
    .poll(async () => {
      await drag();
      return await fences();
    }, eventually)
    .toBeGreaterThan(5);
  expect(Math.min(1, ...(await ratios()))).toBe(1);
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
