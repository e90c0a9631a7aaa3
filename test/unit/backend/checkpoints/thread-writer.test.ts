import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import type {
  PartPlan,
  PartWriting,
} from '../../../../services/backend/checkpoints/checkpoint-writer.ts';
import type { Staging } from '../../../../services/backend/checkpoints/staging.ts';
import {
  ThreadWriter,
  type WritingThread,
} from '../../../../services/backend/checkpoints/thread-writer.ts';
import type { ToThread } from '../../../../services/backend/checkpoints/writer-thread.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

/** A thread that hears nothing: it is in a system call that does not return. */
class StuckThread extends EventEmitter {
  readonly told: string[] = [];
  isTerminated = false;
  /** The system call returns. */
  end = () => {};
  readonly #ended = new Promise<number>((resolve) => {
    this.end = () => {
      this.emit('exit', 1);
      resolve(1);
    };
  });

  postMessage({ kind, part }: ToThread): void {
    this.told.push(`${kind} ${part}`);
  }

  terminate(): Promise<number> {
    this.isTerminated = true;
    return this.#ended;
  }
}

const plan = {} as PartPlan;
const staging = { rounds: [] } as unknown as Staging;

let clock: VirtualClock;
let threads: StuckThread[];
let writer: ThreadWriter;
beforeEach(() => {
  clock = new VirtualClock();
  threads = [];
  writer = new ThreadWriter({
    data: { store: { kind: 'files', root: '' } },
    clock,
    createThread: () => {
      const thread = new StuckThread();
      threads.push(thread);
      return thread as unknown as WritingThread;
    },
  });
});

/** A part, and whether its slots are let go of. */
function begin(): { part: PartWriting; isReleased: boolean; giveUp: () => void } {
  const given = new AbortController();
  const part = writer.begin(plan, staging, given.signal);
  const one = { part, isReleased: false, giveUp: () => given.abort(new Error('given up')) };
  void part.released.then(() => {
    one.isReleased = true;
  });
  return one;
}

describe('a thread that hangs', () => {
  test('is told to end a second after its part was given up', async () => {
    begin().giveUp();
    await clock.advance(999);
    expect(threads[0]?.isTerminated).toBe(false);
    await clock.advance(1);
    expect(threads[0]?.isTerminated).toBe(true);
  });

  test('keeps nothing from going on though it does not end: its slots are let go of', async () => {
    const one = begin();
    one.giveUp();
    await clock.advance(1_999);
    expect(one.isReleased).toBe(false);
    await clock.advance(1);
    expect(one.isReleased).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('takes no further part: another thread does', async () => {
    begin().giveUp();
    await clock.advance(1_000);
    begin();
    expect(threads.map(({ told }) => told)).toEqual([['begin 0', 'abandon 0'], ['begin 1']]);
  });

  test('is one of two at most: then no part is begun, and the reason is clear', async () => {
    for (let i = 0; i < 2; i++) {
      begin().giveUp();
      await clock.advance(2_000);
    }
    expect(begin).toThrow(
      '2 threads for checkpoints hang: the snapshot store has not answered them',
    );
    expect(threads).toHaveLength(2);
  });

  test('is forgotten once it has ended', async () => {
    for (let i = 0; i < 2; i++) {
      begin().giveUp();
      await clock.advance(2_000);
    }
    threads[0]?.end();
    await clock.advance(0);
    begin();
    expect(threads).toHaveLength(3);
  });

  test('does not keep the backend from ending', async () => {
    begin();
    let isClosed = false;
    void writer.close().then(() => {
      isClosed = true;
    });
    await clock.advance(1_000);
    expect(isClosed).toBe(true);
  });
});
