import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { CONFIG_OPTIONS } from '../../lib/config-schema.ts';
import { EMULATOR_OMISSIONS } from '../../lib/emulator.ts';
import { propertiesOf, templatesOf } from './support/synth.ts';

const page = readFileSync('docs/aws.md', 'utf8');
/** First cells of the rows of the section's tables, without their marks. */
function firstCells(heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => /^\| `/.test(line));
  return rows.flatMap((row) => row.split('|')[1]?.match(/(?<=`)[^`, ]+(?=`)/g) ?? []);
}

test('every option is on the page, and no other', () => {
  expect(firstCells('Options').sort()).toEqual([...CONFIG_OPTIONS].sort());
});

test('every omission for emulators is on the page, and no other', () => {
  expect(firstCells('Emulators').sort()).toEqual(Object.keys(EMULATOR_OMISSIONS).sort());
});

test('every alarm is on the page, and no other', () => {
  const alarms = propertiesOf(templatesOf().observability, 'AWS::CloudWatch::Alarm');
  const names = Object.values(alarms).map(({ AlarmName }) => AlarmName.replace(/^colony-/, ''));
  expect(firstCells('Alarms').sort()).toEqual(names.sort());
});

describe('the defaults on the page are those of the schema', () => {
  const defaults = parseConfig({});
  const scalar = CONFIG_OPTIONS.filter((name) => typeof defaults[name] !== 'object');
  test.each(scalar.filter((name) => defaults[name] !== undefined))('%s', (name) => {
    const row = page.split('\n').find((line) => line.split('|')[1]?.includes(`\`${name}\``));
    const cells = row?.split('|') ?? [];
    const position = cells[1]?.split(', ').findIndex((cell) => cell.includes(`\`${name}\``)) ?? 0;
    const shown = cells[2]?.trim().split(', ')[position]?.replaceAll('`', '');
    expect(shown).toBe(String(defaults[name]));
  });
});
