import { expect, test } from 'vitest';
import { parseJson } from '../../../../services/protocol/common/json.ts';

test('a text and its UTF-8 bytes are the same value', () => {
  const text = '{"name":"Höhe","sides":[1,null]}';
  expect(parseJson(text)).toEqual({ name: 'Höhe', sides: [1, null] });
  expect(parseJson(new TextEncoder().encode(text))).toEqual(parseJson(text));
});

test.each([
  ['no text at all', ''],
  ['half an object', '{"a":'],
  ['no bytes', new Uint8Array()],
  ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
])('%s is undefined', (_what, json) => {
  expect(parseJson(json)).toBeUndefined();
});

test('a byte order mark is no part of a text, as it is no part of bytes', () => {
  const text = '\uFEFF{"a":1}';
  expect(parseJson(text)).toEqual({ a: 1 });
  expect(parseJson(new TextEncoder().encode(text))).toEqual({ a: 1 });
});
