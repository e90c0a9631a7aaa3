import { expect, test } from 'vitest';
import { SharedNote } from '../../../services/kernel/shared-note.ts';

test('what one thread writes another one reads, the latest only', () => {
  const written = new SharedNote<unknown>();
  const read = new SharedNote<unknown>(written.buffer);
  for (const value of [{ kind: 'rule', cells: [1, 2, 3] }, 'é', null]) {
    written.write(value);
    expect(read.read()).toEqual(value);
  }
});

test('what is too long is refused, in words', () => {
  const note = new SharedNote<string>();
  expect(() => note.write('x'.repeat(20_000))).toThrow('a note of 20002 bytes, there is room for');
});
