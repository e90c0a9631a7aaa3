import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { eventually, usePage } from '../opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const opened = usePage(spec);

/** Opens the page of a colony that stands: without pictures it would not tick here. */
async function openStanding(hash = ''): Promise<void> {
  const { colony, open } = opened();
  await colony.start({ key: 'before' });
  await colony.pause();
  await colony.step({ key: 'on', ticks: 30 });
  await open(hash);
}

test('without a world there is nothing to zoom, and no layer to choose', async () => {
  const { open, button, page, tickReaches } = opened();
  await open();
  await button('Start the colony').waitFor();
  expect(await button('Zoom in').count()).toBe(0);
  expect(await page.getByLabel('Layer', { exact: true }).count()).toBe(0);
  await button('Start the colony').click();
  await tickReaches(1);
  await button('Zoom in').waitFor();
  await page.getByLabel('Layer', { exact: true }).waitFor();
});

test('the backends of a paused colony are said to be paused, and why they stand', async () => {
  const { openStarted, button, page } = opened();
  await openStarted();
  await button('Pause').click();
  const states = page.locator('#backends .state');
  await expect
    .poll(() => states.allInnerTexts(), eventually)
    .toEqual(['Paused', 'Paused', 'Paused', 'Paused']);
  expect(await page.getByTitle('It stands because the colony is paused.').count()).toBe(4);
});

test('a population says at which tick it was counted', async () => {
  const { textOf } = opened();
  await openStanding();
  await expect.poll(() => textOf('counted-at'), eventually).toBe('counted at 30');
});

test.each([
  ['Digest', '', /^A fingerprint of the whole world/],
  ['Shannon diversity', '#tab=charts', /^How many kinds live and how evenly/],
])('%s is explained, by the keyboard and to who has it read out', async (word, hash, meaning) => {
  const { page } = opened();
  await openStanding(hash);
  const sign = page.getByRole('button', { name: `What is ${word}?` });
  await sign.waitFor();
  const explained = await sign.getAttribute('aria-describedby');
  const tooltip = page.locator(`[id="${explained}"]`);
  expect(await tooltip.textContent()).toMatch(meaning);
  expect(await tooltip.isVisible()).toBe(false);
  await sign.focus();
  await tooltip.waitFor();
  const box = (await tooltip.boundingBox())!;
  expect(box.x + box.width).toBeLessThanOrEqual(1280);
  expect(box.y + box.height).toBeLessThanOrEqual(800);
  await page.keyboard.press('Escape');
  await tooltip.waitFor({ state: 'hidden' });
});

test('in a small window what a world takes stays in sight beside the button that starts it', async () => {
  const { open, button, page } = opened();
  await page.setViewportSize({ width: 390, height: 500 });
  await open();
  await button('Choose its world…').click();
  const dialog = page.getByRole('dialog', { name: 'A new world' });
  const isInSight = async (text: string) => {
    const box = await dialog.getByText(text, { exact: true }).boundingBox();
    return box !== null && box.y >= 0 && box.y + box.height <= 500;
  };
  for (const key of ['Home', 'End']) {
    await page.keyboard.press(key);
    for (const text of ['Memory of all backends', 'Speed', 'Start this world']) {
      await expect.poll(() => isInSight(text), eventually).toBe(true);
    }
  }
});

test('a server of another build is said to be one, with what to do', async () => {
  const { page } = opened();
  await page.route('**/colony', async (route) => {
    const answer = await route.fetch();
    const { backends: _, ...older } = (await answer.json()) as Record<string, unknown>;
    await route.fulfill({ json: older });
  });
  await openStanding();
  const notice = page.getByRole('alert').filter({ hasText: 'of another build than this page' });
  await notice.waitFor();
  expect(await notice.innerText()).toContain('(colony lacks backends[].id). Reload the page');
  await notice.getByRole('button', { name: 'Reload the page' }).waitFor();
  // As when the last coordinator of the other build is replaced.
  await page.unroute('**/colony');
  await notice.waitFor({ state: 'detached' });
});

test('so is one whose statistics lack a column, where the charts would be', async () => {
  const { page } = opened();
  await page.route('**/statistics?*', async (route) => {
    const answer = await route.fetch();
    const table = (await answer.json()) as { columns: Record<string, unknown> };
    delete table.columns['births'];
    await route.fulfill({ json: table });
  });
  await openStanding('#tab=charts');
  await page
    .getByText(/The server is of another build than this page \(statistics lacks columns\.births\)/)
    .waitFor();
});
