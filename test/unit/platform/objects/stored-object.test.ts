import { expect, test } from 'vitest';
import { parseObject } from '../../../../services/platform/objects/stored-object.ts';

test('the text of an object is its value', () => {
  expect(parseObject('spec#1', '{"a":[1,null]}')).toEqual({ a: [1, null] });
});

test.each(['', '{', 'undefined', '{"a":1}}'])('%j is told apart from an object', (text) => {
  expect(() => parseObject('spec#1', text)).toThrow(
    expect.objectContaining({
      code: 'STORE_UNAVAILABLE',
      message: 'the object stored under spec#1 is no JSON',
    }),
  );
});
