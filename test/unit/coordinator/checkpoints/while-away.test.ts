import { beforeEach, expect, test } from 'vitest';
import { againWhileAway } from '../../../../services/coordinator/checkpoints/while-away.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { during } from '../fixtures.ts';
import { storeAway } from './checkpoint-fixture.ts';

let clock: VirtualClock;
let ending: AbortController;
beforeEach(() => {
  clock = new VirtualClock();
  ending = new AbortController();
});

const again = <T>(work: () => Promise<T>) =>
  againWhileAway({ clock, randomness: new SeededRandomness(1) }, work, ending.signal);

test('what a store does not answer is tried until it does', async () => {
  let tries = 0;
  const work = async () => {
    if (++tries < 20) throw storeAway();
    return 'stored';
  };
  expect(await during(clock, again(work))).toBe('stored');
  expect(clock.nowMs()).toBeGreaterThan(20_000);
});

test('what fails in another way fails', async () => {
  await expect(again(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
});

test('it ends with its signal, between two tries', async () => {
  const outcome = again(() => Promise.reject(storeAway())).catch((error: unknown) => error);
  await clock.advance(60_000);
  ending.abort(new Error('another topology'));
  expect(await outcome).toEqual(new Error('another topology'));
  expect(clock.pendingTimers).toBe(0);
});

test('it ends with its signal though the work never settles', async () => {
  const outcome = again(() => new Promise(() => {})).catch((error: unknown) => error);
  await clock.advance(60_000);
  ending.abort(new Error('another topology'));
  expect(await outcome).toEqual(new Error('another topology'));
});

test('it does nothing once its signal is aborted', async () => {
  ending.abort(new Error('over'));
  let tries = 0;
  await expect(again(async () => tries++)).rejects.toThrow('over');
  expect(tries).toBe(0);
});
