import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readUrlState,
  type UrlState,
  writeUrlState,
} from '../../../../services/dashboard/src/state/url-codec.ts';
import { LAYERS } from '../../../../services/world/measuring/layers.ts';

const FIRST: UrlState = {
  tab: 'world',
  layer: 'colour',
  place: undefined,
  range: { from: undefined, to: undefined },
  tick: undefined,
  cell: undefined,
  follow: false,
  mark: undefined,
};

test('an address without a hash is the first visit, and the first visit needs none', () => {
  expect(readUrlState('')).toEqual(FIRST);
  expect(writeUrlState(FIRST)).toBe('');
});

test('a state reads as it was written', () => {
  const cell = fc.record({ x: fc.nat(65535), y: fc.nat(65535) });
  const hundredths = fc.nat(6_553_500).map((n) => n / 100);
  const optional = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
  const bounded = fc.record({ from: fc.nat(9_999_999), length: fc.nat(99_999) });
  const states: fc.Arbitrary<UrlState> = fc.record({
    tab: fc.constantFrom('world', 'charts', 'cluster'),
    layer: fc.constantFrom(...LAYERS),
    place: optional(
      fc.record({ x: hundredths, y: hundredths, scale: fc.constantFrom(0.0625, 0.3536, 1, 48) }),
    ),
    range: fc.oneof(
      bounded.map(({ from, length }) => ({ from, to: from + length })),
      bounded.map(({ from, length }) => ({ from: -length || undefined, to: from })),
      bounded.map(({ from }) => ({ from, to: undefined })),
      fc.constant({ from: undefined, to: undefined }),
    ),
    tick: optional(fc.nat(9_999_999_999)),
    cell: optional(cell),
    follow: fc.boolean(),
    mark: optional(
      fc.record({ kind: fc.constantFrom('species', 'lineage'), colour: fc.nat(0xffffff) }),
    ),
  });
  fc.assert(
    fc.property(states, (state) => {
      expect(readUrlState(writeUrlState(state))).toEqual(state);
    }),
  );
});

test.each([
  '#tab=secrets&layer=constructor&follow=yes',
  '#x=1&y=2&scale=0',
  '#x=1&y=2',
  '#x=NaN&y=Infinity&scale=1e9',
  '#from=200&to=100',
  '#from=1.5&to=1e9',
  '#tick=-5',
  '#cell=1;2&mark=species-zzzzzz',
  '#cell=100000000,2&mark=owner-ffffff',
])('what makes no sense in %s is left out', (hash) => {
  expect(readUrlState(hash)).toEqual(FIRST);
});
