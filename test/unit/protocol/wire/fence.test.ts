import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareFences,
  type Fence,
  formatFence,
  parseFence,
} from '../../../../services/protocol/wire/fence.ts';

const fences: fc.Arbitrary<Fence> = fc.record({
  generation: fc.nat(3),
  epoch: fc.nat(3),
  topologyVersion: fc.nat(3),
});

test('generation counts before epoch, epoch before topologyVersion', () => {
  const order: Fence[] = [
    { generation: 1, epoch: 9, topologyVersion: 9 },
    { generation: 2, epoch: 1, topologyVersion: 9 },
    { generation: 2, epoch: 2, topologyVersion: 1 },
    { generation: 2, epoch: 2, topologyVersion: 2 },
  ];
  for (const [i, a] of order.entries()) {
    for (const [j, b] of order.entries()) {
      expect(Math.sign(compareFences(a, b))).toBe(Math.sign(i - j));
    }
  }
});

test('comparing is a total order', () => {
  fc.assert(
    fc.property(fences, fences, fences, (a, b, c) => {
      expect(Math.sign(compareFences(a, b)) + Math.sign(compareFences(b, a))).toBe(0);
      if (compareFences(a, b) === 0) expect(a).toEqual(b);
      if (compareFences(a, b) <= 0 && compareFences(b, c) <= 0) {
        expect(compareFences(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

test('a fence is read as it was written', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (generation, epoch, topologyVersion) => {
      const fence = { generation, epoch, topologyVersion };
      expect(parseFence(formatFence(fence))).toEqual(fence);
    }),
  );
});

test.each([
  '',
  '1',
  '1.2',
  '1.2.3.4',
  '1.2.-3',
  '1.2.x',
  ' 1.2.3',
  '1.2.3\n',
  `${'9'.repeat(16)}.1.1`,
])('%j is not a fence', (text) => {
  expect(parseFence(text)).toBeUndefined();
});
