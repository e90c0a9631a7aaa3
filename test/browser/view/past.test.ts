import { expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { eventually, usePage } from '../opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 32, shardSize: 32 };
const opened = usePage(spec);
const AGE_TICKS = 400;

/** The page of a colony that stands, by a link to a tick of its past. */
async function openPast(hash: string, pictureTicks: readonly number[] = [0, 160, 380]) {
  const on = opened();
  on.colony.pictureTicks = pictureTicks;
  await on.colony.start({ key: 'before' });
  await on.colony.pause();
  await on.colony.step({ key: 'life', ticks: AGE_TICKS });
  await on.open(hash);
  const past = on.page.getByRole('region', { name: 'The world at an earlier tick' });
  const picture = (tick: number) =>
    past.getByRole('img', { name: `All of the world at tick ${tick}`, exact: true }).waitFor();
  const words = () => past.getByRole('status').innerText();
  return { ...on, past, picture, words, hash: () => new URL(on.page.url()).hash };
}

test('a link to a tick of the past opens the stored picture nearest to it, and says of which tick it is', async () => {
  const { picture, words, button, past, hash } = await openPast('#tick=200');
  await picture(160);
  expect(await words()).toBe('The world at tick 160, the stored picture nearest to tick 200');
  expect(hash()).toBe('#tick=200');
  await button('Show the world as it is now').click();
  await past.waitFor({ state: 'detached' });
  await expect.poll(hash, eventually).toBe('');
});

test('the address keeps the tick of the past, and back leads to now', async () => {
  const { page, hash, past } = await openPast('');
  await page.getByRole('slider', { name: 'Tick that is looked at' }).press('PageDown');
  await expect.poll(hash, eventually).toMatch(/^#tick=3\d\d$/);
  await past.waitFor();
  await page.goBack();
  await past.waitFor({ state: 'detached' });
});

test('buttons go from stored picture to stored picture, to the first and to the last', async () => {
  const { picture, words, button, hash } = await openPast('#tick=170');
  await picture(160);
  await button('Later picture').click();
  await picture(380);
  expect(await words()).toBe('The world at tick 380');
  await expect.poll(hash, eventually).toBe('#tick=380');
  const isAtEnd = (name: string) => button(name).getAttribute('aria-disabled');
  expect(await isAtEnd('Later picture')).toBe('true');
  await button('Earlier picture').click();
  await picture(160);
  await button('Earlier picture').click();
  await picture(0);
  expect(await isAtEnd('Earlier picture')).toBe('true');
  expect(await isAtEnd('Later picture')).toBe('false');
});

test('so do the keys, which begin with the newest picture, and Escape goes back to now', async () => {
  const { page, picture, past } = await openPast('');
  await page.locator('canvas[aria-label^="The world at tick 400"]').waitFor();
  await page.keyboard.press('[');
  await picture(380);
  await page.keyboard.press('[');
  await picture(160);
  await page.keyboard.press(']');
  await picture(380);
  await page.keyboard.press('Escape');
  await past.waitFor({ state: 'detached' });
});

test('past a picture that does not come the keys go on, and it is asked for again until it does', async () => {
  const { page, past, picture, hash } = await openPast('');
  let isBroken = true;
  await page.route('**/pictures/160?*', (route) =>
    isBroken ? route.fulfill({ status: 503, body: '' }) : route.continue(),
  );
  const refused = past.getByText('The past cannot be shown: the picture of tick 160 does not come');
  await page.locator('canvas[aria-label^="The world at tick 400"]').waitFor();
  await page.keyboard.press('[');
  await picture(380);
  await page.keyboard.press('[');
  await refused.waitFor();
  await page.keyboard.press('[');
  await picture(0);
  await page.keyboard.press(']');
  await refused.waitFor();
  isBroken = false;
  await picture(160);
  expect(hash()).toBe('#tick=160');
});

test('the help lists the keys that go through the past', async () => {
  const { page } = await openPast('');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await help.getByText('Show the stored picture before').waitFor();
  await help.getByText('Show the stored picture after').waitFor();
});

test('beneath the past nothing of the living world is asked for, and at once again after it', async () => {
  const { page, colony, picture, button } = await openPast('#tick=170&cell=3,3&x=8&y=8&scale=40');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const living = () => asked.filter((path) => path === '/tiles' || path === '/cells');
  await picture(160);
  await colony.resume();
  // The page goes on with all else: it is looked at for as long as the colony was asked for some times.
  asked.length = 0;
  await expect
    .poll(() => asked.filter((path) => path === '/colony').length, eventually)
    .toBeGreaterThan(4);
  expect(living()).toEqual([]);
  await button('Show the world as it is now').click();
  await expect.poll(() => living().length, eventually).toBeGreaterThan(1);
});

test('where no picture is stored it says so in place of one', async () => {
  const { page, button } = await openPast('#tick=200', []);
  await page.getByText('No picture of the world is stored yet.').waitFor();
  await button('Back to now').click();
  await page.getByText('No picture of the world is stored yet.').waitFor({ state: 'detached' });
});
