import { existsSync, readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../../services/kernel/engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';

import { all, clock, dropAll, host, POLL, settled } from './thread-host.ts';

afterEach(dropAll);

describe('a thread that breaks', () => {
  /** A thread that does its work, but throws when so many phases have been opened. */
  const breakingAt = (phase: number) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { workerData } from 'node:worker_threads';
        const control = new Int32Array(workerData.control);
        const { add } = Atomics;
        Atomics.add = (words, ...rest) => {
          if (control[0] >= ${phase}) throw new Error('it broke');
          return add(words, ...rest);
        };
        await import(${JSON.stringify(pathToFileURL(kernelWorker).href)});
      `)}`,
    );

  test('while shards are being initialised is an error in words', async () => {
    const workerFile = new URL('data:text/javascript,throw new Error("it broke")');
    const { hosted, log } = host({ workerFile });
    await expect(hosted.initializeShards(settled)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    expect(hosted.failure).toContain('a kernel thread failed: it broke');
    expect(hosted.state).toBe('Initializing');
    expect(log.messages('error')).toEqual(['The shards cannot be initialized.']);
  });

  test('while it ticks makes the backend Failed, in words', async () => {
    const { hosted, log, grantTo } = host({ workerFile: breakingAt(30) });
    await hosted.initializeShards(settled);
    hosted.startTicking();
    grantTo(1000);
    await expect.poll(() => hosted.state, POLL).toBe('Failed');
    expect(hosted.failure).toBe('a kernel thread failed: it broke');
    expect(hosted.isTicking).toBe(false);
    expect(log.messages('error')).toEqual(['Ticking has failed; the shards stand.']);
  });

  test('leaves the process able to hold the next topology', async () => {
    const memory = new KernelMemory();
    const first = host({ workerFile: breakingAt(5), memory });
    await first.hosted.initializeShards(settled);
    first.hosted.startTicking();
    first.grantTo(1000);
    await expect.poll(() => first.hosted.state, POLL).toBe('Failed');
    const next = host({ memory });
    await next.hosted.initializeShards(first.hosted.drop());
    next.hosted.startTicking();
    next.grantTo(20);
    await expect.poll(() => next.hosted.state, POLL).toBe('AtHorizon');
    expect(next.hosted.shards?.tick).toBe(20);
  });
});

test('topologies that are dropped leave neither threads nor memories behind', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const tasks = '/proc/self/task';
  const countThreads = () => (existsSync(tasks) ? readdirSync(tasks).length : 0);
  const memory = new KernelMemory();
  let residentBytes = 0;
  const engines: (WeakRef<Engine> | undefined)[] = [];
  let threadsBefore = 0;
  for (let round = 0; round <= 20; round++) {
    if (round === 1) threadsBefore = countThreads();
    const { hosted, grantTo, engine } = host({ threads: 1, memory });
    // Some while they are initialised, some while they tick.
    const initializing = hosted.initializeShards(settled);
    if (round % 3 !== 0) {
      await initializing;
      hosted.startTicking();
      grantTo(10);
      // Not by `expect.poll`, which keeps what it looks at until the test is over.
      while (hosted.state !== 'AtHorizon') await clock.sleep(1);
    }
    await hosted.drop();
    await initializing;
    if (round === 1) residentBytes = memory.buffer.byteLength;
    engines.push(engine());
    all.length = 0;
  }
  // Leaving one each they would be twenty; the runtime may start one or two of its own.
  expect(countThreads()).toBeLessThan(threadsBefore + 5);
  expect(memory.buffer.byteLength).toBe(residentBytes);
  // What the last rounds made may still lie on the stack.
  const alive = () => {
    collect();
    return engines.filter((ref) => ref?.deref() !== undefined).length;
  };
  await expect.poll(alive, POLL).toBeLessThan(5);
});
