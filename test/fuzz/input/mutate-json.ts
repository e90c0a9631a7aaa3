import fc from 'fast-check';
import {
  isContainer,
  jsonText,
  Members,
  Raw,
  replaceAt,
  sizeOf,
  type Tree,
  treeOf,
  valueAt,
} from './json-text.ts';
import { byteEdit, edits } from './mutate-bytes.ts';

type TreeEdit = (tree: Tree) => Tree;

const NUMBERS = [
  ...[
    0,
    -0,
    1,
    -1,
    2,
    3,
    0.5,
    -0.5,
    1e-7,
    0.1 + 0.2,
    255,
    256,
    65_535,
    65_536,
    100_000,
    100_001,
    1e6,
  ],
  ...[
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    1e21,
    1e308,
    -(2 ** 53),
    5e-324,
  ],
];

const TEXTS = [
  ...[
    '',
    ' ',
    '0',
    '-0',
    '1e3',
    '0x10',
    '1.5',
    'NaN',
    'Infinity',
    '-Infinity',
    'null',
    'true',
    'undefined',
  ],
  ...[
    '\ud800',
    '\udc00x',
    '\u0000',
    '\ufeff',
    '\u202e',
    'é',
    '😀',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...[
    '../../etc',
    '/',
    '\\',
    '%00',
    '%',
    'a/b',
    'a\nb',
    'http://',
    'http://[::1]:0',
    'ftp://x',
    '*',
    ';',
    ',',
  ],
  ...[
    '0000000000000000',
    'f'.repeat(64),
    '00000000-0000-4000-8000-000000000000',
    '2026-01-01T00:00:00.000Z',
  ],
];

/** Members that objects have, or that are no names of anything. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  'then',
  'toJSON',
  '',
  '0',
  'kind',
  'x',
  'tick',
];

/** Long ones are seldom drawn: they take their time. */
const LARGE: Tree[] = [
  'x'.repeat(70_000),
  '\ud83d'.repeat(5_000),
  Array.from({ length: 20_000 }, () => 0),
  new Members(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, i] as const)),
  new Raw('['.repeat(20_000) + ']'.repeat(20_000)),
  new Raw(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
  new Raw('9'.repeat(5_000)),
];

const oddValue: fc.Arbitrary<Tree> = fc.oneof(
  { arbitrary: fc.constantFrom<Tree>(null, true, false), weight: 2 },
  { arbitrary: fc.constantFrom<Tree>(...NUMBERS), weight: 5 },
  { arbitrary: fc.constantFrom<Tree>(...TEXTS), weight: 4 },
  {
    arbitrary: fc.constantFrom<Tree>([], new Members([]), [[]], [null], new Members([['', null]])),
    weight: 2,
  },
  {
    arbitrary: fc.constantFrom<Tree>(
      ...[
        '1e400',
        '-1e400',
        '-',
        '01',
        '"\\ud800"',
        'undefined',
        '{"__proto__":{"x":1}}',
        '{"a":1,"a":2}',
        '',
      ].map((text) => new Raw(text)),
    ),
    weight: 2,
  },
  { arbitrary: fc.integer(), weight: 1 },
  { arbitrary: fc.string({ maxLength: 12, unit: 'binary' }), weight: 1 },
  { arbitrary: fc.constantFrom(...LARGE), weight: 1 },
);

/** A change of one value: of a number by a little, of a text in one place. */
const nudge = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.nat(0xffff), fc.constantFrom(...TEXTS))
  .map(([by, at, text]) => (value: Tree): Tree => {
    if (typeof value === 'number') return value + by;
    if (typeof value === 'boolean') return !value;
    if (typeof value !== 'string') return value;
    const from = value.length === 0 ? 0 : at % value.length;
    return value.slice(0, from) + text.slice(0, 3) + value.slice(from + Math.abs(by));
  });

const member =
  (name: string, value: Tree) =>
  (tree: Tree): Tree =>
    tree instanceof Members
      ? new Members([...tree.list, [name, value]])
      : Array.isArray(tree)
        ? [...tree, value]
        : tree;

const renamed =
  (at: number, name: string) =>
  (tree: Tree): Tree =>
    tree instanceof Members && tree.list.length > 0
      ? new Members(tree.list.map((one, i) => (i === at % tree.list.length ? [name, one[1]] : one)))
      : tree;

/** One change of a tree at any of its values. */
const treeEdit: fc.Arbitrary<TreeEdit> = fc
  .tuple(
    fc.nat(0xffff),
    fc.oneof(
      { arbitrary: oddValue.map((value) => () => [value]), weight: 6 },
      { arbitrary: nudge.map((change) => (value: Tree) => [change(value)]), weight: 6 },
      { arbitrary: fc.constant(() => []), weight: 3 },
      {
        arbitrary: fc
          .integer({ min: 2, max: 40 })
          .map((n) => (value: Tree) => Array<Tree>(n).fill(value)),
        weight: 2,
      },
      { arbitrary: fc.constant((value: Tree) => [[value] as Tree]), weight: 1 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom(...NAMES), oddValue)
          .map(([name, value]) => (tree: Tree) => [member(name, value)(tree)]),
        weight: 2,
      },
      {
        arbitrary: fc
          .tuple(fc.nat(99), fc.constantFrom(...NAMES))
          .map(([at, name]) => (tree: Tree) => [renamed(at, name)(tree)]),
        weight: 1,
      },
    ),
  )
  .map(
    ([at, next]) =>
      (tree: Tree) =>
        replaceAt(tree, at % sizeOf(tree), next),
  );

/** Puts one of the values of a tree in place of another: of the right type, and in the wrong place. */
const moveEdit: fc.Arbitrary<TreeEdit> = fc
  .tuple(fc.nat(0xffff), fc.nat(0xffff))
  .map(([from, to]) => (tree) => {
    const size = sizeOf(tree);
    const value = valueAt(tree, from % size);
    // A tree within itself would double with each change.
    if (isContainer(value) && sizeOf(value) > 50) return tree;
    return replaceAt(tree, to % size, () => [value]);
  });

/** One of the seeds with some changes, as a tree. */
export const mutatedTree = (seeds: readonly unknown[]): fc.Arbitrary<Tree> =>
  fc
    .tuple(
      fc.constantFrom(...seeds.map(treeOf)),
      fc.array(fc.oneof({ arbitrary: treeEdit, weight: 9 }, { arbitrary: moveEdit, weight: 1 }), {
        maxLength: 4,
      }),
    )
    .map(([seed, changes]) => changes.reduce((tree, change) => change(tree), seed));

/** One of the seeds with some changes, as text; now and then of its bytes too. */
export function mutatedJson(seeds: readonly unknown[]): fc.Arbitrary<Uint8Array> {
  const text = mutatedTree(seeds).map((tree) => new TextEncoder().encode(jsonText(tree)));
  const texts = seeds.map((seed) => new TextEncoder().encode(JSON.stringify(seed)));
  const rough = fc
    .tuple(text, edits(byteEdit(texts), { most: 2 }))
    .map(([bytes, change]) => change(bytes));
  return fc.oneof({ arbitrary: text, weight: 7 }, { arbitrary: rough, weight: 1 });
}
