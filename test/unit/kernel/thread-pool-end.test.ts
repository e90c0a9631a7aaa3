import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { extentOf } from '../../../services/kernel/memory-block.ts';
import { ThreadPool } from '../../../services/kernel/thread-pool.ts';
import type { BlockExtent } from '../../../services/world/cells/cell-block.ts';
import { digestOf } from '../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { RADIUS } from '../../../services/world/tick/tick.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';
import { closeLater, createPool, nine, spec, step, threadedEngine } from './thread-pool-fixture.ts';

describe('a pool that is told to stop', () => {
  it('does not finish the batch, and begins no other', async () => {
    const stop = new AbortController();
    const { pool, blocks } = createPool(threadedEngine(2), spec, nine, 1, stop.signal);
    await pool.writeGenesis();
    const stepping = pool.step(step(0));
    stop.abort();
    expect(await stepping).toBe(false);
    const before = blocks.map(digestOf);
    expect(await pool.step(step(1))).toBe(false);
    expect(await pool.measure(1, true)).toBeUndefined();
    expect(await pool.survey(1)).toBeUndefined();
    expect(blocks.map(digestOf)).toEqual(before);
  });

  it('does not tell any more that blocks are packed', async () => {
    const stop = new AbortController();
    const { pool } = createPool(threadedEngine(2), spec, nine, 1, stop.signal, 4);
    await pool.writeGenesis();
    let isTold = false;
    const onAwaited = () => {
      isTold = true;
    };
    const stepping = pool.step({ tick: 0, rules: DEFAULT_RULES, packTurn: 0, onAwaited });
    // The threads have told it by then; this one has not had time to listen.
    const isDone = () => pool.blocksDone === nine.length;
    while (!isDone());
    stop.abort();
    expect(await stepping).toBe(false);
    expect(isTold).toBe(false);
  });

  it('writes nothing once it is closed, not even in the middle of a batch', async () => {
    const { pool, blocks } = createPool(threadedEngine(2), spec, nine);
    await pool.writeGenesis();
    const stepping = pool.step(step(0));
    await pool.close();
    expect(await stepping).toBe(false);
    const before = blocks.map(digestOf);
    // A thread that went on would change cells between one look and the next.
    for (let look = 0; look < 20; look++) expect(blocks.map(digestOf)).toEqual(before);
  });

  it.runIf(process.platform === 'linux')('leaves no thread behind', async () => {
    const threads = () => readdirSync('/proc/self/task').length;
    const round = async () => {
      const { pool } = createPool(threadedEngine(1), spec, nine);
      await pool.writeGenesis();
      await pool.close();
    };
    await round();
    const before = threads();
    for (let i = 0; i < 6; i++) await round();
    // Leaving one each they would be six; the runtime may start one or two of its own.
    expect(threads()).toBeLessThan(before + 3);
  });
});

describe('a pool of which a thread breaks', () => {
  const worker = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const inBatch = (then: string) =>
    worker(`import { workerData } from 'node:worker_threads';
      Atomics.wait(new Int32Array(workerData.control), 0, 0);
      ${then}`);

  it.each([
    ['throws', inBatch('throw new RangeError("it broke");'), 'a kernel thread failed: it broke'],
    ['exits', inBatch('process.exit(3);'), 'a kernel thread ended, with code 3'],
    ['is not there', new URL('file:///nowhere/kernel.mjs'), /a kernel thread failed: Cannot find/],
  ])('says so when it %s, at once and ever after', async (_how, workerFile, message) => {
    const { pool } = createPool(threadedEngine(2, { workerFile }), spec, nine);
    await expect(pool.writeGenesis()).rejects.toThrow(message);
    await expect(pool.step(step(0))).rejects.toThrow(message);
  });

  it.runIf(process.platform === 'linux')(
    'leaves no thread behind when not all of them can be started',
    async () => {
      const threads = () => readdirSync('/proc/self/task').length;
      const before = threads();
      for (let i = 0; i < 6; i++) {
        const engine = threadedEngine(2);
        const block = engine.createBlock({ ...(nine[0] as BlockExtent), halo: RADIUS });
        const thread = engine.createThread();
        // Nothing that can be sent to a thread: it throws, as where there may be no more of them.
        const bad = { ...thread, scratch: (() => undefined) as unknown as number };
        const pool = new ThreadPool({
          spec,
          blocks: [
            {
              address: engine.addressOf(block),
              extent: extentOf(block),
              turns: [],
            },
          ],
          awaited: 0,
          threads: [thread, bad],
          signal: new AbortController().signal,
          spins: 0,
          workerFile: kernelWorker,
        });
        closeLater(pool);
        await expect(pool.writeGenesis()).rejects.toThrow('a kernel thread cannot be started');
        await pool.close();
      }
      // Leaving one each they would be six; the runtime may start one or two of its own.
      expect(threads()).toBeLessThan(before + 3);
    },
  );

  it('does not wait for the block that the thread had, and ends the others', async () => {
    const good = pathToFileURL(kernelWorker).href;
    // One of the two takes a block and breaks before the other one begins.
    const workerFile = worker(`import { threadId, workerData } from 'node:worker_threads';
      const control = new Int32Array(workerData.control);
      const [OPENED, TICKET, UNUSED] = [0, 32, 127];
      if (threadId % 2 === 0) {
        Atomics.wait(control, OPENED, 0);
        Atomics.add(control, TICKET, 1);
        Atomics.store(control, UNUSED, 1);
        Atomics.notify(control, UNUSED);
        throw new Error('it broke');
      }
      Atomics.wait(control, UNUSED, 0);
      await import(${JSON.stringify(good)});`);
    const { pool } = createPool(threadedEngine(2, { workerFile }), spec, nine);
    await expect(pool.writeGenesis()).rejects.toThrow('it broke');
    await expect.poll(() => (pool as ThreadPool).sleepers).toBe(0);
  });
});
