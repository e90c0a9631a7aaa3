import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { eventually, usePage } from './opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const opened = usePage(spec);
const hash = () => new URL(opened().page.url()).hash;

test('a link brings its layer along', async () => {
  const { openStarted, page } = opened();
  await openStarted('#layer=food');
  expect(await page.getByLabel('Layer', { exact: true }).inputValue()).toBe('food');
});

test('the address follows what is chosen, back and forward go between them', async () => {
  const { openStarted, page } = opened();
  await openStarted();
  const layer = page.getByLabel('Layer', { exact: true });
  await layer.selectOption('food');
  await expect.poll(hash, eventually).toBe('#layer=food');
  await layer.selectOption('age');
  await expect.poll(hash, eventually).toBe('#layer=age');
  await page.goBack();
  await expect.poll(() => layer.inputValue(), eventually).toBe('food');
  await page.goForward();
  await expect.poll(() => layer.inputValue(), eventually).toBe('age');
});

test('the colours that are chosen are kept for the next visit', async () => {
  const { openStarted, page, button } = opened();
  await openStarted();
  const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
  await button('Colours: auto').click();
  await expect.poll(scheme, eventually).toBe('light');
  await button('Colours: light').click();
  await page.reload();
  await button('Colours: dark').waitFor();
  expect(await scheme()).toBe('dark');
});

test('the keys are listed, and do what the list says', async () => {
  const { openStarted, page } = opened();
  await openStarted();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await help.getByText('Pause or resume').waitFor();
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  await page.keyboard.press('l');
  await expect.poll(hash, eventually).toBe('#layer=lineage');
  await page.keyboard.press('i');
  await page.getByRole('dialog', { name: 'Inject an event' }).waitFor();
});

test('a key that is pressed the moment a dialog has closed does what it says', async () => {
  const { openStarted, page } = opened();
  await openStarted();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  // Nothing comes between the two: the page has not been told yet that the dialog is closed.
  await page.evaluate(`(() => {
    const dialog = document.querySelector('dialog');
    const button = dialog.querySelector('button');
    dialog.close();
    button.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', bubbles: true, cancelable: true }));
  })()`);
  await expect.poll(hash, eventually).toBe('#layer=lineage');
});
