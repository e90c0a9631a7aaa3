import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { boundedList } from '../../../../services/protocol/common/bounded-list.ts';

const schema = z.object({
  list: boundedList(z.object({ tick: z.coerce.number().int() }), 3, 1),
});
const issuesOf = (list: unknown) =>
  schema.safeParse({ list }).error?.issues.map(({ path, message }) => [path.join('.'), message]);

describe('a bounded list', () => {
  test('has its elements as their schema makes them', () => {
    const list = [{ tick: '1' }, { tick: 2, more: true }];
    expect(schema.parse({ list })).toEqual({ list: [{ tick: 1 }, { tick: 2 }] });
  });

  test.each([
    ['too short', []],
    ['too long', [1, 2, 3, 4]],
    ['no list', 'abc'],
  ])('is refused by one fault where it is %s, whatever its elements are', (_, list) => {
    expect(issuesOf(list)?.map(([path]) => path)).toEqual(['list']);
  });

  test('is refused by its first wrong element, which is named', () => {
    const [[path, message] = [], ...others] = issuesOf([{ tick: 1 }, { tick: 'x' }, 3]) ?? [];
    expect(path).toBe('list.1.tick');
    expect(message).toMatch(/number/);
    expect(others).toEqual([]);
  });
});
