import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { eventually, usePage } from './opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 32, shardSize: 32 };
const opened = usePage(spec);
const AGE_TICKS = 400;

/** The page of a colony that stands at a tick, its life shown. */
async function openLife() {
  const on = opened();
  await on.colony.start({ key: 'before' });
  await on.colony.pause();
  await on.colony.step({ key: 'life', ticks: AGE_TICKS });
  await on.open();
  const slider = on.page.getByRole('slider', { name: 'Tick that is looked at' });
  await slider.waitFor();
  const valueText = () => slider.getAttribute('aria-valuetext');
  await expect.poll(valueText, eventually).toBe('tick 400, now');
  const box = await slider.boundingBox();
  if (box === null) throw new Error('the bar is not shown');
  /** Of the past, which has most of the bar while an event is to come. */
  const at = (share: number) => ({
    x: box.x + box.width * 0.86 * share,
    y: box.y + box.height / 2,
  });
  return { ...on, slider, valueText, at, beyond: { x: box.x + box.width - 3, y: at(0).y } };
}

test('events and the checkpoints that are kept are marked', async () => {
  const { page } = await openLife();
  const marks = (kind: string) => page.locator(`.life-mark[data-kind="${kind}"]`).count();
  await expect.poll(() => marks('checkpoint'), eventually).toBe(1);
  expect(await marks('to come')).toBe(1);
  expect(await marks('injected')).toBe(1);
});

test('a mark says what it is when it is pointed at', async () => {
  const { page, at, beyond } = await openLife();
  await page.mouse.move(at(0).x + 1, at(0).y);
  await page.getByText('tick 0: food that grows: +3 everywhere').waitFor();
  await page.mouse.move(beyond.x, beyond.y);
  await page.getByText('tick 1,000,000: new topography').waitFor();
  await page.mouse.move(at(0.5).x, at(0.5).y);
  await page.getByText(/^tick (199|200|201)$/).waitFor();
});

test('a click looks at a tick of the past, and one goes back to now', async () => {
  const { page, at, valueText, button } = await openLife();
  await page.mouse.click(at(0.5).x, at(0.5).y);
  await expect.poll(valueText, eventually).toMatch(/^tick (199|200|201) of 400/);
  await button('Back to now').click();
  await expect.poll(valueText, eventually).toBe('tick 400, now');
});

test('a drag looks at the ticks between, and the address keeps them', async () => {
  const { page, at, button } = await openLife();
  await page.mouse.move(at(0.25).x, at(0.25).y);
  await page.mouse.down();
  await page.mouse.move(at(0.5).x, at(0.5).y);
  await page.mouse.move(at(0.75).x, at(0.75).y);
  await page.mouse.up();
  await expect.poll(() => page.url(), eventually).toMatch(/#from=(99|100|101)&to=(299|300|301)$/);
  await page.getByText(/^(99|100|101) to (299|300|301)/).waitFor();
  await button('Back to now').click();
  await expect.poll(() => page.url(), eventually).not.toContain('from=');
});

test('keys move along the life, and from mark to mark', async () => {
  const { page, slider, valueText } = await openLife();
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(valueText, eventually).toBe('tick 396 of 400');
  await page.keyboard.press('PageDown');
  await expect.poll(valueText, eventually).toBe('tick 356 of 400');
  await expect
    .poll(async () => {
      await page.keyboard.press('End');
      await page.keyboard.press('[');
      return valueText();
    }, eventually)
    .toBe('tick 10 of 400, tick 10: checkpoint');
  await page.keyboard.press('[');
  await expect
    .poll(valueText, eventually)
    .toBe('tick 0 of 400, tick 0: food that grows: +3 everywhere');
  await page.keyboard.press('Escape');
  await expect.poll(valueText, eventually).toBe('tick 400, now');
});
