import { beforeEach, describe, expect, test } from 'vitest';
import { HandOver } from '../../../../services/backend/hosting/hand-over.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

describe('a backend that drains', () => {
  let clock: VirtualClock;
  let isHolding: boolean;
  let handOver: HandOver;
  let ended: boolean | undefined;

  beforeEach(() => {
    clock = new VirtualClock();
    isHolding = true;
    ended = undefined;
    handOver = new HandOver(clock, () => isHolding);
    handOver.heard();
  });

  const drain = (atMostMs = 20_000) => {
    void handOver.drain(atMostMs).then((isEmpty) => {
      ended = isEmpty;
    });
  };
  /** As while a leader calls. */
  const beats = async (durationMs: number) => {
    for (let ms = 0; ms < durationMs; ms += 250) {
      handOver.heard();
      await clock.advance(250);
    }
  };

  test('says so, and is not draining before', () => {
    expect(handOver.isDraining).toBe(false);
    drain();
    expect(handOver.isDraining).toBe(true);
  });

  test('is done at once where it holds no shards', async () => {
    isHolding = false;
    drain();
    await clock.advance(0);
    expect(ended).toBe(true);
  });

  test('waits until its shards have gone', async () => {
    drain();
    await beats(5_000);
    expect(ended).toBeUndefined();
    isHolding = false;
    await beats(250);
    expect(ended).toBe(true);
  });

  test('waits for no leader that does not call', async () => {
    drain();
    await clock.advance(2_900);
    expect(ended).toBeUndefined();
    await clock.advance(300);
    expect(ended).toBe(false);
  });

  test('waits no longer than it may', async () => {
    drain(4_000);
    await beats(3_900);
    expect(ended).toBeUndefined();
    await beats(400);
    expect(ended).toBe(false);
  });

  test('waits no longer once it is to end at once', async () => {
    const atOnce = new AbortController();
    void handOver.drain(20_000, atOnce.signal).then((isEmpty) => {
      ended = isEmpty;
    });
    await beats(1_000);
    expect(ended).toBeUndefined();
    atOnce.abort();
    await clock.advance(0);
    expect(ended).toBe(false);
  });
});
