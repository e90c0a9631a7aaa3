import { describe, expect, test } from 'vitest';
import { integerParameter } from '../../../../../services/coordinator/http/requests/parameters.ts';

const parameter = integerParameter({ min: 3, max: 20, description: 'how many' });

describe('an integer in a query', () => {
  test.each([
    ['3', 3],
    ['20', 20],
    ['007', 7],
  ])('%s is %i', (text, value) => {
    expect(parameter.parse(text)).toBe(value);
  });

  test.each(['2', '21', '-3', '+3', ' 3', '3.0', '0x3', '1e1', '', '1'.repeat(16)])(
    '%j is refused with its bounds, once',
    (text) => {
      expect(parameter.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
        'expected an integer from 3 to 20',
      ]);
    },
  );
});
