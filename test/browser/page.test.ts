import { beforeEach, describe, expect, test } from 'vitest';
import { LAYERS } from '../../services/world/measuring/layers.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { eventually, type OpenedPage, usePage } from './opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const opened = usePage(spec);

let colony: OpenedPage['colony'];
let page: OpenedPage['page'];
let { open, openStarted, button, textOf, tickReaches } = {} as OpenedPage;
beforeEach(() => {
  ({ colony, page, open, openStarted, button, textOf, tickReaches } = opened());
});

/** Waits until the world is drawn; how it looks is what world.test.ts is about. */
const drawn = () => page.locator('canvas[aria-label^="The world at tick"]').waitFor();

test('the newest events are listed, those to come first', async () => {
  await openStarted();
  const rows = page.locator('#events li');
  await expect.poll(() => rows.count(), eventually).toBe(2);
  expect(await rows.first().locator('.event-text').innerText()).toMatch(
    /^1,000,000, in [\d,]+ new topography$/,
  );
  // Listed as one to come while the page still shows the state before it.
  const past = () => rows.last().innerText();
  await expect.poll(past, eventually).toBe('0 food that grows: +3 everywhere');
});

describe('an idle colony', () => {
  test('offers a start, which makes a key of its own and shows the living world', async () => {
    await open();
    await button('Start the colony').click();
    await tickReaches(3);
    await drawn();
    expect(colony.calls).toEqual([['start', expect.stringMatching(/^[0-9a-f]{24}$/), {}]]);
    expect(await textOf('phase')).toBe('Ticking');
    expect(await button('Start the colony').isVisible()).toBe(false);
  });

  test('is started by the key S', async () => {
    await open();
    await button('Start the colony').waitFor();
    await page.keyboard.press('s');
    await tickReaches(1);
    expect(colony.calls.map(([method]) => method)).toEqual(['start']);
  });
});

describe('a running colony', () => {
  test('is drawn, and its tick advances', async () => {
    await openStarted();
    await drawn();
    await tickReaches(colony.tick + 5);
  });

  test('shows pace, population, backends and instance', async () => {
    await openStarted();
    expect(await textOf('rate')).toBe('59.8');
    expect(await textOf('rate-asked')).toBe('of 60 asked');
    expect(await textOf('population')).toMatch(/^[\d,]+$/);
    expect(await page.locator('#backends tr').count()).toBe(4);
    expect(await textOf('backends')).toContain('backend-1');
    expect(await textOf('about')).toContain('160 × 96, shards of 32');
  });

  test('is paused, stepped and resumed by the buttons', async () => {
    await openStarted();
    expect(await button('Step').isDisabled()).toBe(true);
    await button('Pause').click();
    await button('Resume').waitFor();
    expect(await textOf('phase')).toBe('Paused');

    const before = colony.tick;
    await page.getByLabel('Ticks per step').selectOption('10');
    await button('Step').click();
    await tickReaches(before + 10);
    expect(colony.tick).toBe(before + 10);

    await button('Resume').click();
    await tickReaches(before + 13);
    expect(colony.calls).toEqual([
      ['pause'],
      ['step', expect.stringMatching(/^[0-9a-f]{24}$/), 10],
      ['resume'],
    ]);
  });

  test('is stepped to a certain tick, and stands there', async () => {
    await openStarted();
    await button('Pause').click();
    await button('Resume').waitFor();
    const before = colony.tick;
    await page.getByLabel('Ticks per step').selectOption('to tick…');
    const target = page.getByLabel('Tick to step to');
    await target.fill(String(before));
    expect(await button('Step').isDisabled()).toBe(true);
    await target.fill(String(before + 37));
    await target.press('Enter');
    await tickReaches(before + 37);
    expect(colony.tick).toBe(before + 37);
  });

  test('is paused and stepped by keys', async () => {
    await openStarted();
    await page.keyboard.press('Space');
    await button('Resume').waitFor();
    const before = colony.tick;
    await page.keyboard.press('.');
    await tickReaches(before + 1);
    expect(colony.calls.map(([method]) => method)).toEqual(['pause', 'step']);
  });

  test('takes another pace', async () => {
    await openStarted();
    await page.getByLabel('Pace').selectOption('unlimited');
    await page.getByText('of all it can').waitFor();
    expect(colony.calls).toEqual([['setPace', null]]);
  });

  test.each(LAYERS)('is drawn in the layer %s', async (layer) => {
    await openStarted();
    const asked = page.waitForResponse((r) => r.url().includes(`/tiles?layer=${layer}&`));
    await page.getByLabel('Layer', { exact: true }).selectOption(layer);
    expect((await asked).status()).toBe(200);
    await page.locator(`canvas[aria-label$="layer ${layer}"]`).waitFor();
  });

  test('is zoomed and fitted, and the address keeps the place', async () => {
    await openStarted();
    await drawn();
    await button('Zoom in').click();
    await expect.poll(() => page.url(), eventually).toMatch(/#x=80&y=48&scale=[\d.]+$/);
    await button('Fit').click();
    await expect.poll(() => page.url(), eventually).not.toContain('scale=');
  });
});

test('a refusal is shown in words and can be dismissed', async () => {
  await openStarted();
  await button('Pause').click();
  await button('Resume').waitFor();
  // Somebody else resumes it; this page does not know yet.
  await page.route('**/colony', (route) => route.abort());
  await colony.resume();
  await button('Step').click();
  const alert = page.getByRole('alert').filter({ hasText: 'The colony is not paused' });
  await alert.waitFor();
  await page.getByLabel('Dismiss the message').click();
  expect(await alert.isVisible()).toBe(false);
});

test('a lost connection is shown, and mended without reloading', async () => {
  await openStarted();
  await opened().loseServer();
  await page.getByText('Connection lost').waitFor();
  await expect.poll(() => textOf('phase'), eventually).toBe('was Ticking');
  await page.getByText('last known', { exact: true }).waitFor();
  const before = colony.tick;
  await opened().serveAgain();
  await page.getByText('Connection lost').waitFor({ state: 'hidden' });
  await tickReaches(before + 2);
  expect(await textOf('phase')).toBe('Ticking');
});

test('what was known last is kept, as old, until a new coordinator knows the world', async () => {
  await openStarted();
  await tickReaches(20);
  await drawn();
  colony.loseLeader(3);
  await page.getByText('last known', { exact: true }).waitFor();
  const tickShown = async () => Number((await textOf('tick')).replaceAll(/\D/g, ''));
  // A picture that was under way comes later.
  await expect.poll(tickShown, eventually).toBe(colony.tick);
  expect(await page.locator('#backends tr').count()).toBe(4);
  expect(await textOf('population')).toMatch(/^[\d,]+$/);
  await drawn();
  colony.takeUp();
  await page.getByText('last known', { exact: true }).waitFor({ state: 'hidden' });
  await tickReaches(colony.tick + 3);
});

test('the page fits a telephone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openStarted();
  await drawn();
  const overflow = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflow).toBe(0);
  await button('Pause').click();
  await button('Resume').waitFor();
});

test('page and documentation complain of nothing and ask no other host', async () => {
  await openStarted();
  await drawn();
  await page.goto(`${opened().origin}/docs`);
  await page.getByText('/colony-start').first().waitFor();
  const { watched } = opened();
  expect(watched.complaints).toEqual([]);
  expect(watched.foreign).toEqual([]);
});
