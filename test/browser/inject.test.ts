import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { eventually, usePage } from './opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const opened = usePage(spec);
const KEY = expect.stringMatching(/^[0-9a-f]{24}$/);

async function openDialog() {
  const on = opened();
  await on.openStarted();
  await on.button('Inject…').click();
  const dialog = on.page.getByRole('dialog', { name: 'Inject an event' });
  await dialog.waitFor();
  return { ...on, dialog, send: dialog.getByRole('button', { name: 'Inject', exact: true }) };
}

test('a species is injected with the fields that are given, the rest is left to chance', async () => {
  const { dialog, send, colony, page } = await openDialog();
  await dialog.getByLabel(/^Centre x/).fill('12');
  await dialog.getByLabel(/^Size/).fill('7');
  await dialog.getByLabel('Can kill').selectOption('yes');
  await dialog.getByLabel('Colour', { exact: true }).selectOption('chosen');
  await dialog.getByLabel('The colour').fill('#ff8800');
  await send.click();
  await dialog.waitFor({ state: 'hidden' });
  expect(colony.calls).toEqual([
    ['inject', KEY, { kind: 'createCreature', x: 12, size: 7, canKill: true, colour: 0xff8800 }],
  ]);
  await page
    .locator('#events')
    .getByText(/new species #ff8800/)
    .waitFor();
});

test.each([
  ['Growth of food', { 'Change of what grows': '-4' }, { kind: 'extraFood', amount: -4 }],
  ['New land', {}, { kind: 'newTopography' }],
  ['Extinction', { 'Which tiles, as a seed': '9' }, { kind: 'extinction', draw: 9 }],
])('%s is injected', async (title, given, request) => {
  const { dialog, send, colony } = await openDialog();
  await dialog.getByRole('radio', { name: title }).check();
  for (const [label, value] of Object.entries(given)) {
    await dialog.getByLabel(new RegExp(`^${label}`)).fill(value);
  }
  await send.click();
  await dialog.waitFor({ state: 'hidden' });
  expect(colony.calls).toEqual([['inject', KEY, request]]);
});

test('a change of a rule says what it would do to the world, and comes at the tick that is asked for', async () => {
  const { dialog, send, colony, page } = await openDialog();
  await dialog.getByRole('radio', { name: 'Change of a rule' }).check();
  await dialog.getByLabel('Rule', { exact: true }).selectOption('maxFood');
  await dialog.getByLabel(/^Change in percent/).fill('-20');
  await dialog
    .getByText('Now that would be: a cell holds at most 800 food instead of 1000.')
    .waitFor();
  await dialog.getByLabel('At tick').fill('500000');
  await send.click();
  await dialog.waitFor({ state: 'hidden' });
  expect(colony.calls).toEqual([
    ['inject', KEY, { kind: 'ruleChange', rule: 'maxFood', percent: -20, tick: 500_000 }],
  ]);
  await page
    .locator('#events')
    .getByText(/rule maxFood −20 %/)
    .waitFor();
});

test('what cannot be is said at the field and not sent', async () => {
  const { dialog, send, colony } = await openDialog();
  await dialog.getByLabel(/^Centre x/).fill('160');
  await dialog.getByText('A whole number, 0 to 159.').waitFor();
  await dialog.getByRole('radio', { name: 'Growth of food' }).check();
  await dialog.getByLabel(/^Change of what grows/).fill('0');
  await dialog.getByText('A whole number, -4 to 4, not 0.').waitFor();
  expect(await send.isDisabled()).toBe(true);
  expect(colony.calls).toEqual([]);
});

test('a tick that is past is refused at its field, until another is given', async () => {
  const { dialog, send } = await openDialog();
  await dialog.getByRole('radio', { name: 'New land' }).check();
  await dialog.getByLabel('At tick').fill('1');
  await send.click();
  const message = dialog.getByText(/tick is 1, expected \d+ or later/);
  await message.waitFor();
  expect(await dialog.getByLabel('At tick').getAttribute('aria-invalid')).toBe('true');
  await dialog.getByLabel('At tick').fill('900000');
  await message.waitFor({ state: 'hidden' });
});

test('the place of a species is picked in the world', async () => {
  const { dialog, page, send, colony } = await openDialog();
  await dialog.getByRole('button', { name: 'Click a place in the world' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('#world').click();
  await dialog.waitFor();
  const x = Number(await dialog.getByLabel(/^Centre x/).inputValue());
  const y = Number(await dialog.getByLabel(/^Centre y/).inputValue());
  expect(Math.abs(x - 80)).toBeLessThanOrEqual(1);
  expect(Math.abs(y - 48)).toBeLessThanOrEqual(1);
  await send.click();
  await dialog.waitFor({ state: 'hidden' });
  expect(colony.calls).toEqual([['inject', KEY, { kind: 'createCreature', x, y }]]);
});

test('food is thrown onto the spot that is picked, as much as is said', async () => {
  const { dialog, page, send, colony } = await openDialog();
  await dialog.getByRole('radio', { name: 'Food on a spot' }).check();
  await dialog.getByText('Now a cell holds at most 1,000.').waitFor();
  await dialog.getByLabel(/^Radius along x/).fill('3');
  await dialog.getByLabel(/^Food on each cell/).fill('500');
  await dialog.getByRole('button', { name: 'Click a place in the world' }).click();
  await page.locator('#world').click();
  await dialog.waitFor();
  const x = Number(await dialog.getByLabel(/^Centre x/).inputValue());
  const y = Number(await dialog.getByLabel(/^Centre y/).inputValue());
  expect(Math.abs(x - 80) + Math.abs(y - 48)).toBeLessThanOrEqual(2);
  await send.click();
  await dialog.waitFor({ state: 'hidden' });
  const request = { kind: 'foodDrop', x, y, radiusX: 3, amount: 500 };
  expect(colony.calls).toEqual([['inject', KEY, request]]);
  await page
    .locator('#events')
    .getByText(new RegExp(`food on a spot: \\+500 in each cell at ${x}, ${y}, 3 x `))
    .waitFor();
});

test('what another kind does not take is left out of it, the rest stays', async () => {
  const { dialog } = await openDialog();
  await dialog.getByRole('radio', { name: 'Food on a spot' }).check();
  await dialog.getByLabel(/^Centre x/).fill('7');
  await dialog.getByLabel(/^Radius along y/).fill('3');
  await dialog.getByLabel(/^Food on each cell/).fill('0');
  await dialog.getByText('A whole number, 1 to 30,000.').waitFor();
  await dialog.getByLabel(/^Food on each cell/).fill('500');
  await dialog.getByRole('radio', { name: 'New species' }).check();
  expect(await dialog.getByLabel(/^Centre x/).inputValue()).toBe('7');
  expect(await dialog.getByLabel(/^Radius along y/).inputValue()).toBe('');
  await dialog.getByRole('radio', { name: 'Growth of food' }).check();
  expect(await dialog.getByLabel(/^Change of what grows/).inputValue()).toBe('');
});

test('the place is picked by keys too, and Escape gives up', async () => {
  const { dialog, page } = await openDialog();
  const pick = dialog.getByRole('button', { name: 'Click a place in the world' });
  await pick.click();
  await page.keyboard.press('Escape');
  await dialog.waitFor();
  expect(await dialog.getByLabel(/^Centre x/).inputValue()).toBe('');
  await pick.click();
  await expect.poll(() => page.evaluate('document.activeElement?.id'), eventually).toBe('world');
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  expect(await dialog.getByLabel(/^Centre x/).inputValue()).toBe('80');
});

test('an event to come is cancelled, and stays listed as cancelled', async () => {
  const { openStarted, page, colony } = opened();
  await openStarted();
  await page.getByRole('button', { name: /^Cancel the event at 1,000,000/ }).click();
  await page.locator('#events').getByText('new topography (cancelled)').waitFor();
  expect(colony.calls).toEqual([['cancelEvent', 2]]);
});
