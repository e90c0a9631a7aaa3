import { describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../services/world/spec/rules.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { eventually, usePage } from './opened-page.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 160, height: 96, shardSize: 32 };
const opened = usePage(spec);
const KEY = expect.stringMatching(/^[0-9a-f]{24}$/);

describe('the dialog for a new world', () => {
  async function openDialog() {
    const on = opened();
    await on.open();
    await on.button('Choose its world…').click();
    const dialog = on.page.getByRole('dialog', { name: 'A new world' });
    await dialog.waitFor();
    return { ...on, dialog, submit: dialog.getByRole('button', { name: 'Start this world' }) };
  }

  test('begins with the world that the colony is configured with', async () => {
    const { dialog, submit, colony, tickReaches } = await openDialog();
    expect(await dialog.getByLabel('Width').inputValue()).toBe('160');
    expect(await dialog.getByLabel('Shard side').inputValue()).toBe('32');
    await submit.click();
    await tickReaches(1);
    expect(colony.calls).toEqual([['start', KEY, { ...spec, rules: { ...DEFAULT_RULES } }]]);
  });

  test('starts the world that is chosen, with its rules, and at its pace', async () => {
    const { page, dialog, submit, colony, tickReaches, textOf, watched } = await openDialog();
    await dialog.getByLabel('Width').fill('128');
    await dialog.getByLabel('Height').fill('64');
    await dialog.getByLabel('Shard side').selectOption('16');
    await dialog.getByLabel('Seed', { exact: true }).fill('77');
    await dialog.getByRole('checkbox', { name: 'Random events' }).uncheck();
    await dialog.getByLabel('Pace').selectOption('15');
    await dialog.locator('summary').click();
    await dialog.getByLabel(/^Breed base/).fill('250');
    await dialog.getByText('Breeding needs 250 health whatever the size.').waitFor();
    await submit.click();
    await tickReaches(1);
    await page.getByText('of 15 asked').waitFor();
    expect(colony.calls).toEqual([
      [
        'start',
        KEY,
        {
          ...{ width: 128, height: 64, shardSize: 16, seed: 77, randomEvents: false },
          rules: { ...DEFAULT_RULES, breedBase: 250 },
        },
      ],
      ['setPace', 15],
    ]);
    expect(await textOf('about')).toContain('128 × 64, shards of 16');
    expect(watched.complaints).toEqual([]);
  });

  test('offers only shard sides that divide both sides, and keeps one of them chosen', async () => {
    const { dialog } = await openDialog();
    await dialog.getByLabel('Width').fill('100');
    await dialog.getByLabel('Height').fill('150');
    const options = dialog.getByLabel('Shard side').locator('option');
    expect(await options.evaluateAll((all) => all.map((one) => one.getAttribute('value')))).toEqual(
      ['25', '50'],
    );
    expect(await dialog.getByLabel('Shard side').inputValue()).toBe('25');
  });

  test('fills in a preset, and throws dice for a seed', async () => {
    const { dialog } = await openDialog();
    await dialog.getByRole('button', { name: /^Large/ }).click();
    expect(await dialog.getByLabel('Width').inputValue()).toBe('4000');
    await dialog.getByText('10,000,000', { exact: true }).waitFor();
    const before = await dialog.getByLabel('Seed', { exact: true }).inputValue();
    await expect
      .poll(async () => {
        await dialog.getByLabel('Throw the dice for a seed').click();
        return dialog.getByLabel('Seed', { exact: true }).inputValue();
      }, eventually)
      .not.toBe(before);
  });

  test('says what a world takes and how fast it may be', async () => {
    const { dialog } = await openDialog();
    await dialog.getByRole('button', { name: /^Default/ }).click();
    await dialog.getByText('at least 43 MB').waitFor();
    await dialog.getByText(/^about [\d.,]+ ticks\/s, on \d+ processors?$/).waitFor();
  });

  test('says at a field what is wrong with it, and starts nothing', async () => {
    const { dialog, submit, colony } = await openDialog();
    await dialog.getByLabel('Width').fill('161');
    await dialog.getByText(/^No square of 16 cells or more divides both sides/).waitFor();
    await dialog.getByLabel('Seed', { exact: true }).fill('-1');
    await dialog.getByText('A whole number, 0 to 4,294,967,295.').waitFor();
    expect(await dialog.getByLabel('Seed', { exact: true }).getAttribute('aria-invalid')).toBe(
      'true',
    );
    expect(await submit.isDisabled()).toBe(true);
    expect(colony.calls).toEqual([]);
  });

  test('shows what the server refuses at the field it names, until that is changed', async () => {
    const { page, dialog, submit } = await openDialog();
    await page.route('**/colony-start*', (route) =>
      route.fulfill({
        status: 422,
        json: {
          code: 'SPEC_INVALID',
          title: 'The spec is invalid',
          detail: 'body field rules.maxFood is 1000: expected less',
        },
      }),
    );
    await submit.click();
    const message = dialog.getByText('The spec is invalid: body field rules.maxFood is 1000');
    await message.waitFor();
    expect(await dialog.getByLabel(/^Max food/).getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel(/^Max food/).fill('900');
    await message.waitFor({ state: 'hidden' });
  });

  test('shows what the server refuses of the world as a whole', async () => {
    const { page, dialog, submit } = await openDialog();
    await page.route('**/colony-start*', (route) =>
      route.fulfill({
        status: 507,
        json: { code: 'WORLD_TOO_LARGE', title: 'The world is too large', detail: 'needs 9 GB' },
      }),
    );
    await submit.click();
    await dialog.getByRole('alert').getByText('The world is too large: needs 9 GB').waitFor();
  });
});

describe('a colony that is to be stopped', () => {
  test('lives on if one thinks better of it', async () => {
    const { openStarted, button, colony, page } = opened();
    await openStarted();
    await button('Stop…').click();
    await page.getByText(/ends at tick [\d,]+ and cannot be resumed/).waitFor();
    await button('Let it live').click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(colony.calls).toEqual([]);
  });

  test('is stopped, by its instance', async () => {
    const { openStarted, button, colony } = opened();
    await openStarted();
    await button('Stop…').click();
    await button('Stop it').click();
    await button('Start the colony').waitFor();
    expect(colony.calls).toEqual([['stop', '6f0d1a52-4c1e-4b8e-9a55-0e2b7a3c9d10']]);
  });

  test('makes room for a new world, which begins as the last one', async () => {
    const { openStarted, button, page, colony, tickReaches } = opened();
    await openStarted();
    await button('Stop…').click();
    await button('Stop it and choose a new world').click();
    const dialog = page.getByRole('dialog', { name: 'A new world' });
    await dialog.getByLabel('Seed', { exact: true }).fill('5');
    await dialog.getByRole('button', { name: 'Start this world' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await tickReaches(1);
    expect(colony.calls.map(([method]) => method)).toEqual(['stop', 'start']);
    expect(colony.calls[1]?.[2]).toMatchObject({ width: 160, height: 96, seed: 5 });
  });

  test.each(['', '&tab=charts'])(
    'takes what was selected and marked in it along, whatever tab is shown (%j)',
    async (tab) => {
      const { colony, open, button, page, textOf } = opened();
      await colony.start({ key: 'before' });
      await open(`#cell=80,48&mark=species-112233${tab}`);
      await button('Stop…').click();
      await button('Stop it').click();
      await expect.poll(() => textOf('phase'), eventually).toBe('Idle');
      await expect.poll(() => page.url(), eventually).not.toMatch(/cell|mark/);
    },
  );
});
