import { beforeEach, describe, expect, test } from 'vitest';
import { ShardReaders } from '../../../../services/backend/shards/shard-readers.ts';
import { READ_WAIT_MS } from '../../../../services/protocol/wire/rpc.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

describe('the readers of shards', () => {
  let clock: VirtualClock;
  let readers: ShardReaders;
  let tick: number;
  const step = () => {
    readers.stepBegins();
    tick++;
    readers.stepEnds();
  };
  const read = (fromTick: number) => readers.read(() => tick, fromTick);
  beforeEach(() => {
    clock = new VirtualClock();
    tick = 5;
    readers = new ShardReaders(clock, () => tick);
  });

  test('read at once if the tick that they name is there, or past', async () => {
    expect(await Promise.all([read(0), read(5)])).toEqual([5, 5]);
    expect(readers.awaitedTick).toBeUndefined();
  });

  test('wait for a later tick, and are given the first state that has come to it', async () => {
    const [seventh, sixth] = [read(7), read(6)];
    expect(readers.awaitedTick).toBe(6);
    step();
    expect(await sixth).toBe(6);
    expect(readers.awaitedTick).toBe(7);
    step();
    step();
    expect(await seventh).toBe(7);
    expect(readers.awaitedTick).toBeUndefined();
  });

  test('are given the present state if that tick does not come', async () => {
    const late = read(9);
    await clock.advance(READ_WAIT_MS);
    expect(await late).toBe(5);
    expect(readers.awaitedTick).toBeUndefined();
  });

  test('are not let into a step however long they have waited', async () => {
    readers.stepBegins();
    const late = read(9);
    let isRead = false;
    void late.then(() => {
      isRead = true;
    });
    await clock.advance(10 * READ_WAIT_MS);
    expect(isRead).toBe(false);
    readers.stepEnds();
    expect(await late).toBe(5);
  });
});
