import { beforeEach, describe, expect, test } from 'vitest';
import { Outage } from '../../../../services/backend/halos/outage.ts';

let outage: Outage;
beforeEach(() => {
  outage = new Outage();
});

describe('an outage', () => {
  test('is warned of at the first failure half a second after it began', () => {
    const told = [0, 250, 499, 500].map((ms) => outage.fails('stream', ms));
    expect(told).toEqual([false, false, false, true]);
  });

  test('is warned of once, whichever way fails', () => {
    outage.fails('stream', 0);
    expect(outage.fails('pull', 600)).toBe(true);
    expect([outage.fails('stream', 5_000), outage.fails('pull', 9_000)]).toEqual([false, false]);
  });

  test('is over when both ways work, and only then', () => {
    outage.fails('stream', 0);
    outage.fails('pull', 600);
    const told = [outage.works('pull'), outage.works('stream'), outage.works('stream')];
    expect(told).toEqual([false, true, false]);
  });

  test('that was not warned of ends without a word', () => {
    outage.fails('stream', 0);
    expect(outage.works('stream')).toBe(false);
  });

  test('counts from the beginning after one that is over', () => {
    outage.fails('stream', 0);
    outage.works('stream');
    expect([outage.fails('stream', 600), outage.fails('stream', 1_100)]).toEqual([false, true]);
  });
});
