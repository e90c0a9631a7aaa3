import { describe, expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { accessibilityFaults } from './axe.ts';
import { type OpenedPage, usePage } from './opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
/** Each thing that the page shows, and how one comes there. */
const SHOWN: [name: string, show: (on: OpenedPage) => Promise<void>][] = [
  [
    'an idle colony',
    async ({ open, button }) => {
      await open();
      await button('Start the colony').waitFor();
    },
  ],
  [
    'the dialog for a new world, with its rules and what is wrong',
    async ({ open, button, page }) => {
      await open();
      await button('Choose its world…').click();
      await page.locator('summary').click();
      await page.getByLabel('Width').fill('161');
      await page.getByText(/^No square of 16 cells/).waitFor();
    },
  ],
  ['the world', ({ openStarted }) => openStarted()],
  [
    'a tick of the past',
    async ({ openStarted, page }) => {
      await openStarted();
      await page.getByRole('slider').press('Home');
      await page.getByRole('button', { name: 'Back to now' }).waitFor();
    },
  ],
  [
    'the dialog for an event',
    async ({ openStarted, button, page }) => {
      await openStarted();
      await button('Inject…').click();
      await page.getByLabel('Colour', { exact: true }).selectOption('chosen');
      await page.getByLabel(/^Centre x/).fill('9999');
    },
  ],
  [
    'a cell that is picked',
    async ({ openStarted, button, page }) => {
      await openStarted();
      await button('Inject…').click();
      await button('Click a place in the world').click();
      await page.getByText(/^Click the cell/).waitFor();
    },
  ],
  [
    'the question whether to stop',
    async ({ openStarted, button }) => {
      await openStarted();
      await button('Stop…').click();
    },
  ],
  [
    'the keys',
    async ({ openStarted, page }) => {
      await openStarted();
      await page.keyboard.press('?');
    },
  ],
  [
    'a refusal and a lost connection',
    async ({ openStarted, button, colony, page }) => {
      await openStarted();
      await button('Pause').click();
      await button('Resume').waitFor();
      await page.route('**/colony', (route) => route.abort());
      await colony.resume();
      await button('Step').click();
      await page.getByText('Connection lost').waitFor();
      await page.getByText('The colony is not paused').waitFor();
    },
  ],
];

describe.each(['light', 'dark'] as const)('in %s colours axe finds no fault in', (colorScheme) => {
  const opened = usePage(spec, { colorScheme });

  test.each(SHOWN)('%s', async (name, show) => {
    await show(opened());
    await opened().keepPicture(`${colorScheme} ${name}`);
    expect(await accessibilityFaults(opened().page, 'html')).toEqual([]);
  });

  test('any tab', async () => {
    const { openStarted, page, keepPicture } = opened();
    await openStarted();
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await keepPicture(`${colorScheme} tab ${await tab.innerText()}`);
      expect(await accessibilityFaults(page, 'html')).toEqual([]);
    }
  });
});

describe('on a telephone axe finds no fault in', () => {
  const opened = usePage(spec, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });

  test.each(SHOWN)('%s, and nothing is wider than the screen', async (name, show) => {
    await show(opened());
    const { page, keepPicture } = opened();
    await keepPicture(`phone ${name}`);
    expect(await accessibilityFaults(page, 'html')).toEqual([]);
    const tooWide = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(tooWide).toBe(0);
  });
});
