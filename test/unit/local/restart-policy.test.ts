import { expect, test } from 'vitest';
import { RESTARTS, restartAfter } from '../../../services/local/restart-policy.ts';

test('the delay doubles from 250 ms and never exceeds 10 s', () => {
  let deaths = 0;
  const delays = Array.from({ length: 8 }, () => {
    const next = restartAfter(deaths, 100);
    deaths = next.deaths;
    return next.delayMs;
  });
  expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('30 s of life forget the deaths before', () => {
  expect(restartAfter(9, RESTARTS.healthyAfterMs)).toEqual({ deaths: 1, delayMs: 250 });
  expect(restartAfter(9, RESTARTS.healthyAfterMs - 1)).toEqual({ deaths: 10, delayMs: 10_000 });
});

test('any number of deaths has a finite delay', () => {
  expect(restartAfter(100_000, 0).delayMs).toBe(10_000);
});
