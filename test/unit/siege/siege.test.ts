import { describe, expect, test } from 'vitest';
import { isRefused, tallyOf } from '../../siege/attacks.ts';
import { mutations } from '../../siege/mutations.ts';
import { requestText, summaryOf } from '../../siege/raw-http.ts';
import {
  type Assault,
  areAlike,
  brokenBounds,
  type Siege,
  siegeTable,
  unjudged,
} from '../../siege/verdict.ts';
import { meanRate, median, ticksPerCpuSecond, type Watched } from '../../siege/watch.ts';

const MIB = 2 ** 20;
const watched = (change: Partial<Watched> = {}): Watched => ({
  ticksPerSecond: 20,
  ticksPerCpuSecond: 1_000,
  peakBytes: new Map([['backend :1', 100 * MIB]]),
  logBytesPerHour: 0,
  ...change,
});

const assault = (change: Partial<Assault> = {}): Assault => ({
  name: 'a flood',
  watched: watched(),
  expected: watched(),
  isSteady: true,
  tally: new Map(),
  breaches: [],
  ...change,
});

const siegeWith = (during: Partial<Watched> = {}, change: Partial<Siege> = {}): Siege => ({
  isPaced: true,
  before: watched(),
  assaults: [assault({ watched: watched(during) })],
  after: watched(),
  bytesAfter: new Map([['backend :1', 100 * MIB]]),
  errors: [],
  changes: [],
  ...change,
});

describe('a siege', () => {
  test('that changes little breaks no bound', () => {
    const memory = new Map([['backend :1', 299 * MIB]]);
    expect(
      brokenBounds(siegeWith({ ticksPerSecond: 18.1, peakBytes: memory, logBytesPerHour: MIB })),
    ).toEqual([]);
  });

  test.each<[what: string, siege: Siege, expected: string]>([
    ['slows the world', siegeWith({ ticksPerSecond: 17.9 }), '17.9 ticks/s, at least 18.0'],
    [
      'leaves it slow',
      siegeWith({}, { after: watched({ ticksPerSecond: 10 }) }),
      'afterwards: 10.0 ticks/s',
    ],
    [
      'takes memory',
      siegeWith({ peakBytes: new Map([['backend :1', 301 * MIB]]) }),
      'a flood: backend :1 grew from 100 to 301 MiB',
    ],
    [
      'keeps memory',
      siegeWith({}, { bytesAfter: new Map([['backend :1', 165 * MIB]]) }),
      'afterwards: backend :1 grew from 100 to 165 MiB',
    ],
    ['fills logs', siegeWith({ logBytesPerHour: 21 * MIB }), 'logs grow by 21 MiB an hour'],
    ['leaves errors in logs', siegeWith({}, { errors: ['{"msg":"x"}'] }), '{"msg":"x"}'],
    ['changes the colony', siegeWith({}, { changes: ['status was a, is b'] }), 'status was a'],
    [
      'gets in',
      siegeWith(
        {},
        {
          assaults: [assault({ name: 'a page', breaches: ['store: 200'] })],
        },
      ),
      'a page: not refused: store: 200',
    ],
  ])('that %s breaks one', (_what, siege, expected) => {
    const broken = brokenBounds(siege);
    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain(expected);
  });

  test('of a world without a pace is judged by what that makes of its processor time', () => {
    const unpaced = (during: Partial<Watched>) =>
      brokenBounds(siegeWith(during, { isPaced: false }));
    expect(unpaced({ ticksPerSecond: 5, ticksPerCpuSecond: 901 })).toEqual([]);
    expect(unpaced({ ticksPerSecond: 20, ticksPerCpuSecond: 899 })).toEqual([
      'a flood: 899.0 ticks per CPU s, at least 900.0 expected',
    ]);
    expect(unpaced({ ticksPerSecond: 5, ticksPerCpuSecond: undefined })).toHaveLength(1);
  });

  test('of a world that has changed is judged by its rate before and after each attack', () => {
    const expected = meanRate(watched({ ticksPerSecond: 10 }), watched({ ticksPerSecond: 14 }));
    const slow = assault({ expected, watched: watched({ ticksPerSecond: 11 }) });
    expect(brokenBounds(siegeWith({}, { assaults: [slow] }))).toEqual([]);
  });

  test('is not judged where the world ticked otherwise before and after, and says so', () => {
    const slow = assault({ isSteady: false, watched: watched({ ticksPerCpuSecond: 500 }) });
    const siege = siegeWith({}, { isPaced: false, assaults: [slow] });
    expect(brokenBounds(siege)).toEqual([]);
    expect(unjudged(siege)).toEqual(['a flood: the rate without it changed by more than 10 %']);
    expect(unjudged(siegeWith())).toEqual([]);
  });

  test.each([
    [1_000, 901, true],
    [1_000, 899, false],
    [899, 1_000, false],
  ])('takes rates of %d and %d ticks per CPU s for alike: %s', (before, after, expected) => {
    const rates = [before, after].map((ticksPerCpuSecond) => watched({ ticksPerCpuSecond }));
    expect(areAlike(rates[0]!, rates[1]!)).toBe(expected);
  });

  test('is shown attack by attack, with how each was answered', () => {
    const tally = tallyOf([
      { at: 'store', how: '403' },
      { at: 'backend', how: '401 RPC_UNAUTHENTICATED' },
      { at: 'store', how: '403' },
    ]);
    const { assaults } = siegeWith();
    const lines = siegeTable(siegeWith({}, { assaults: assaults.map((a) => ({ ...a, tally })) }));
    const rows = lines.map((line) => line.trim().split(/\s+/).join(' '));
    expect(rows).toContain('a flood 20.0 100 % 1000.0 100 % - 100 - 0.0');
    expect(rows.slice(-2)).toEqual(['2 store: 403', '1 backend: 401 RPC_UNAUTHENTICATED']);
  });
});

test.each([
  [
    'HTTP/1.1 401 Unauthorized\r\n\r\n{"code":"RPC_UNAUTHENTICATED"}',
    '401 RPC_UNAUTHENTICATED',
    true,
  ],
  ['HTTP/1.1 503 Busy\r\n\r\n', '503', true],
  ['HTTP/1.1 200 OK\r\n\r\n', '200', false],
  ['HTTP/1.1 500 Oh\r\n\r\n{"code":"INTERNAL"}', '500 INTERNAL', false],
  [
    'HTTP/1.1 404 Not Found\r\nAccess-Control-Allow-Origin: *\r\n\r\n',
    '404 shown to other sites!',
    false,
  ],
])('the answer %j is read as %s', (answer, how, refused) => {
  expect(summaryOf(answer)).toBe(how);
  expect(isRefused(how)).toBe(refused);
});

test('no answer is none; a closed connection is a refusal, silence is not', () => {
  expect(summaryOf('')).toBeUndefined();
  expect([isRefused('closed'), isRefused('silence')]).toEqual([true, false]);
});

test('a request has a Host and the length of its body, unless they are given', () => {
  expect(requestText('POST', '/a', {}, '{}')).toBe(
    'POST /a HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}',
  );
  expect(requestText('GET', '/', { host: 'evil.example' })).toContain('host: evil.example\r\n');
});

test('mutations are the same for one seed, and differ', () => {
  const of = (seed: number) =>
    [...mutations(seed, 200)].map((text) => Buffer.from(text).toString('hex'));
  const first = of(1);
  expect(of(1)).toEqual(first);
  expect(of(2)).not.toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(190);
});

test('ticks for a second of processor time are those between the first look and the last', () => {
  const known = [
    { tick: 100, cpuSeconds: 5 },
    { tick: 150, cpuSeconds: 5.5 },
    { tick: 400, cpuSeconds: 7 },
  ];
  expect(ticksPerCpuSecond(known)).toBe(150);
  expect(ticksPerCpuSecond([])).toBeUndefined();
  expect(ticksPerCpuSecond(known.map((at) => ({ ...at, cpuSeconds: undefined })))).toBeUndefined();
});

test('the median lies in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
});
