import { describe, expect, test } from 'vitest';
import {
  clockFinding,
  memoryFinding,
  nodeFinding,
  skewFinding,
  skewMsOf,
} from '../../../../services/cli/doctor/machine-findings.ts';

describe('Node', () => {
  test.each([
    ['20.18.9', true, 'problem'],
    ['18.99.0', true, 'problem'],
    ['20.19.0', false, 'warning'],
    ['20.19.0', true, 'ok'],
    ['24.0.0', true, 'ok'],
  ])('%s (zstd: %s) is %s', (version, hasZstd, level) => {
    expect(nodeFinding({ version, hasZstd }, '20.19.0')).toMatchObject({ level });
  });
});

describe('the clock', () => {
  const NOW_MS = Date.UTC(2026, 10, 30);
  const first = { wallMs: NOW_MS, monotonicMs: 5_000 };
  const second = (wallMs: number) => ({ wallMs: NOW_MS + wallMs, monotonicMs: 6_000 });

  test('that goes on as fast as monotonic time is in order', () => {
    expect(clockFinding(first, second(1_250))).toMatchObject({ level: 'ok' });
  });

  test.each([
    [1_251, 'forward by 0.3 s'],
    [-2_000, 'back by 3.0 s'],
  ])('that is set meanwhile is told (%d ms)', (wallMs, how) => {
    const finding = clockFinding(first, second(wallMs));
    expect(finding).toMatchObject({ level: 'warning', says: expect.stringContaining(how) });
  });

  test('of another century is a problem', () => {
    const atBoot = { wallMs: 0, monotonicMs: 0 };
    const finding = clockFinding(atBoot, atBoot);
    expect(finding).toMatchObject({
      level: 'problem',
      says: 'the clock says 1970-01-01T00:00:00.000Z',
    });
  });
});

describe('the skew', () => {
  test.each([
    ['within the second of the date', { dateMs: 10_000, sentMs: 10_900, receivedMs: 10_999 }, 0],
    ['while the answer was under way', { dateMs: 10_000, sentMs: 9_000, receivedMs: 10_100 }, 0],
    ['ahead', { dateMs: 10_000, sentMs: 17_000, receivedMs: 17_100 }, 6_000],
    ['behind', { dateMs: 10_000, sentMs: 3_000, receivedMs: 4_000 }, -6_000],
  ])('%s is what cannot be explained otherwise', (_, sample, skewMs) => {
    expect(skewMsOf(sample)).toBe(skewMs);
  });

  const ahead = (ms: number) => ({ dateMs: 0, sentMs: 1_000 + ms, receivedMs: 1_000 + ms });

  test.each([
    [4_999, true, 'ok'],
    [5_000, true, 'warning'],
    [300_000, false, 'warning'],
    [300_000, true, 'problem'],
  ])('of %d ms (signed: %s) is %s', (ms, signed, level) => {
    expect(skewFinding('AWS', ahead(ms), { signed })).toMatchObject({ level });
  });

  test('says which clock is ahead', () => {
    const { says } = skewFinding('AWS', ahead(60_000), { signed: true });
    expect(says).toBe('this clock is 60 s ahead of that of AWS');
  });

  test('is not known of a server that tells no time', () => {
    const finding = skewFinding('AWS', undefined, { signed: true });
    expect(finding).toMatchObject({ level: 'warning', says: expect.stringContaining('not known') });
  });
});

describe('memory', () => {
  const world = { width: 1_000, height: 1_000 };
  const GB = 1e9;

  test('that the world does not fit into is a problem, running or not', () => {
    const finding = memoryFinding({ totalBytes: 1e6, freeBytes: 1e6 }, world, true);
    expect(finding).toMatchObject({ level: 'problem', remedy: expect.stringContaining('--width') });
  });

  test('that others use is a warning before a launch', () => {
    expect(memoryFinding({ totalBytes: GB, freeBytes: 1e6 }, world, false).level).toBe('warning');
  });

  test('that the world itself uses is in order', () => {
    expect(memoryFinding({ totalBytes: GB, freeBytes: 1e6 }, world, true).level).toBe('ok');
  });

  test('of which there is enough is in order', () => {
    expect(memoryFinding({ totalBytes: GB, freeBytes: GB }, world, false).level).toBe('ok');
  });
});
