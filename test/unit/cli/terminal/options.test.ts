import { Command, InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import {
  integerIn,
  paceText,
  parsePace,
  parsePaceFlag,
  parseUrl,
} from '../../../../services/cli/terminal/options.ts';

describe('a whole number', () => {
  test.each([
    ['1', 1],
    ['007', 7],
    ['64', 64],
  ])('%s is taken', (text, value) => {
    expect(integerIn(1, 64)(text)).toBe(value);
  });
  test.each(['0', '65', '-1', '1.5', '1e1', '0x10', '', ' 1', 'four'])('%j is refused', (text) => {
    expect(() => integerIn(1, 64)(text)).toThrow(InvalidArgumentError);
  });
});

describe('a pace', () => {
  test.each([
    ['60', 60],
    ['0.5', 0.5],
    ['unlimited', null],
  ])('%s is taken', (text, value) => {
    expect(parsePace(text)).toBe(value);
  });
  test.each(['0', '-1', '1e3', 'Infinity', 'fast', ''])('%j is refused', (text) => {
    expect(() => parsePace(text)).toThrow(InvalidArgumentError);
  });
  test('is shown with its unit', () => {
    expect([paceText(60), paceText(null)]).toEqual(['60 ticks/s', 'unlimited']);
  });
});

describe('an address', () => {
  test('loses its trailing slash', () => {
    expect(parseUrl('http://127.0.0.1:8083/')).toBe('http://127.0.0.1:8083');
    expect(parseUrl('https://example.org/prod/')).toBe('https://example.org/prod');
  });
  test.each(['127.0.0.1:8083', 'ftp://example.org', 'nonsense'])('%j is refused', (text) => {
    expect(() => parseUrl(text)).toThrow(InvalidArgumentError);
  });
});

test('a pace without a limit is a value of the flag: commander takes null for none', () => {
  const flags = new Command().option('--pace <pace>', 'how fast', parsePaceFlag, 60);
  expect(flags.parse(['--pace', 'unlimited'], { from: 'user' }).opts()['pace']).toBe('unlimited');
  expect(flags.parse(['--pace', '0.5'], { from: 'user' }).opts()['pace']).toBe(0.5);
});
