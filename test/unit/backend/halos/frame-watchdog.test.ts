import { beforeEach, expect, test } from 'vitest';
import { FrameWatchdog } from '../../../../services/backend/halos/frame-watchdog.ts';
import type { FrameReader } from '../../../../services/protocol/wire/halo-frame.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

let clock: VirtualClock;
/** What the reader of the stream says: how many frames it has read, and whether it is in another. */
let reader: { isMidFrame: boolean; frames: number };
let reasons: string[];
let watchdog: FrameWatchdog;
beforeEach(() => {
  clock = new VirtualClock();
  reader = { isMidFrame: false, frames: 1 };
  reasons = [];
  const giveUp = (why: string) => reasons.push(why);
  watchdog = new FrameWatchdog(clock, reader as FrameReader, giveUp);
});

/** Bytes have come, after which the reader is as it says. */
function come(change: Partial<typeof reader>): void {
  Object.assign(reader, change);
  watchdog.look();
}

test('a frame that does not end within ten seconds is given up, once', async () => {
  come({ isMidFrame: true });
  await clock.advance(9_999);
  come({ isMidFrame: true });
  expect(reasons).toEqual([]);
  await clock.advance(1);
  expect(reasons).toEqual(['a frame took more than 10000 ms']);
  await clock.advance(60_000);
  expect([reasons.length, clock.pendingTimers]).toEqual([1, 0]);
});

test('frames that follow each other are not, though each look finds one begun', async () => {
  for (let frames = 1; frames < 20; frames++) {
    come({ isMidFrame: true, frames });
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(3_000);
  }
  expect(reasons).toEqual([]);
});

test('where a frame has ended there is no timer, and the next one is watched again', async () => {
  come({ isMidFrame: true });
  come({ isMidFrame: false, frames: 2 });
  await clock.advance(10_000);
  come({ isMidFrame: false });
  expect(clock.pendingTimers).toBe(0);
  come({ isMidFrame: true });
  await clock.advance(10_000);
  expect(reasons).toHaveLength(1);
});

test('a frame that ends just in time is not given up', async () => {
  come({ isMidFrame: true });
  await clock.advance(9_999);
  come({ isMidFrame: false, frames: 1 });
  await clock.advance(60_000);
  expect(reasons).toEqual([]);
});

test('nothing is given up once it is stopped', async () => {
  come({ isMidFrame: true });
  await clock.advance(5_000);
  watchdog.stop();
  expect(clock.pendingTimers).toBe(0);
  await clock.advance(60_000);
  expect(reasons).toEqual([]);
});
