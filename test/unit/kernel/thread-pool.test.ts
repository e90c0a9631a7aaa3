import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import type { ThreadPool } from '../../../services/kernel/thread-pool.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import type { CellBlock } from '../../../services/world/cells/cell-block.ts';
import {
  conditionsAfter,
  drawEvent,
  EVENT_KINDS,
  firstConditions,
} from '../../../services/world/events/events.ts';
import { digestOf } from '../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';
import { difference, extremeRules } from '../../support/kernel/kernel-worlds.ts';
import { partition, seeds, specOf, wholeBlock } from '../world/worlds.ts';
import { createPool, expectSame, nine, spec, step, threadedEngine } from './thread-pool-fixture.ts';

describe('a pool of threads', () => {
  it('does all that the reference does in one thread, bit for bit', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          threads: fc.integer({ min: 1, max: 4 }),
          spins: fc.constantFrom(0, 2000),
          width: fc.integer({ min: 16, max: 90 }),
          height: fc.integer({ min: 16, max: 90 }),
          columnCuts: cuts,
          rowCuts: cuts,
          // Up to more ticks than go in one sweep.
          k: fc.integer({ min: 1, max: 6 }),
          awaited: fc.integer({ min: 0, max: 2 }),
          seed: seeds,
        }),
        fc.array(extremeRules, { minLength: 3, maxLength: 6 }),
        async ({ threads, spins, width, height, columnCuts, rowCuts, k, seed, ...more }, rules) => {
          const any = specOf({ width, height, seed });
          const parts = partition(wholeBlock(width, height, 0), columnCuts, rowCuts, 0);
          const awaited = Math.min(parts.length, more.awaited);
          const expected = createPool(new ReferenceEngine(), any, parts, k, undefined, awaited);
          const actual = createPool(
            threadedEngine(threads, { spins }),
            any,
            parts,
            k,
            undefined,
            awaited,
          );
          const both = [expected.pool, actual.pool];
          await Promise.all(both.map((pool) => pool.writeGenesis()));
          const turnOf = (tick: number) => Math.floor(tick / k) % 2;
          const step = { tick: 0, ticks: 1 };
          for (; step.tick < 12; step.tick += step.ticks) {
            const { tick } = step;
            const toExchange = k - (tick % k);
            step.ticks = 1 + ((seed + tick) % toExchange);
            const [a, b] = await Promise.all(both.map((w) => w.measure(tick, tick % 2 === 0)));
            expect(b).toEqual(a);
            const surveys = await Promise.all(both.map((pool) => pool.survey(tick)));
            expect(surveys[1]).toEqual(surveys[0]);
            const plan = {
              ...step,
              rules: rules[tick % rules.length] ?? DEFAULT_RULES,
              ...(tick % k === 0 && { fillTurn: turnOf(tick) }),
              ...(step.ticks === toExchange && { packTurn: turnOf(tick + step.ticks) }),
            };
            if ('fillTurn' in plan)
              for (const { arrive } of [expected, actual]) arrive(seed ^ tick);
            const areWhole = await Promise.all(both.map((pool) => pool.step(plan)));
            expect(areWhole).toEqual([true, true]);
            expectSame(expected.packed, actual.packed);
          }
          expected.blocks.forEach((block, i) => {
            expect(difference(block, actual.blocks[i] as CellBlock)).toBeUndefined();
          });
          await actual.pool.close();
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  it('writes the margins too, and fills them when it is asked to', async () => {
    const expected = createPool(new ReferenceEngine(), spec, nine, 2);
    const { blocks, pool } = createPool(threadedEngine(2), spec, nine, 2);
    const areSame = () =>
      expected.blocks.forEach((block, i) => {
        expect(difference(block, blocks[i] as CellBlock, block.halo)).toBeUndefined();
      });
    for (const w of [pool, expected.pool]) await w.writeGenesis();
    areSame();
    for (const b of [...blocks, ...expected.blocks]) b.food.fill(7, b.stride * b.halo + b.halo);
    for (const w of [pool, expected.pool]) await w.fillMargins(0);
    areSame();
  });

  it('packs what others need of the first state', async () => {
    const expected = createPool(new ReferenceEngine(), spec, nine, 1, undefined, 4);
    const actual = createPool(threadedEngine(2), spec, nine, 1, undefined, 4);
    for (const { pool } of [expected, actual]) {
      await pool.writeGenesis();
      expect(await pool.packParcels(1)).toBe(true);
    }
    const [ofFirst, ofSecond] = [actual.packed.slice(0, 4), actual.packed.slice(4)];
    expect(ofFirst.flatMap(({ size }) => [...size]).every((size) => size === 0)).toBe(true);
    expect(ofSecond.flatMap(({ size }) => [...size]).some((size) => size > 0)).toBe(true);
    expectSame(expected.packed, actual.packed);
  });

  it('sees what its caller writes between two batches', async () => {
    const expected = createPool(new ReferenceEngine(), spec, nine);
    const actual = createPool(threadedEngine(2), spec, nine);
    for (const { pool, blocks } of [expected, actual]) {
      await pool.writeGenesis();
      await pool.step(step(0));
      for (const block of blocks) block.extraFood.fill(90);
      await pool.step(step(1));
    }
    expected.blocks.forEach((block, i) => {
      expect(difference(block, actual.blocks[i] as CellBlock)).toBeUndefined();
    });
  });

  it.each(EVENT_KINDS)('lets %s happen to every block, margins too', async (kind) => {
    const event = drawEvent(kind, (j) => mix(j + 77), spec);
    const happening = { event, conditions: conditionsAfter(firstConditions(spec.rules), event) };
    const expected = createPool(new ReferenceEngine(), spec, nine, 2);
    const actual = createPool(threadedEngine(2), spec, nine, 2);
    for (const { pool } of [expected, actual]) {
      await pool.writeGenesis();
      expect(await pool.apply(happening, 7)).toBe(true);
    }
    expected.blocks.forEach((block, i) => {
      expect(difference(block, actual.blocks[i] as CellBlock, block.halo)).toBeUndefined();
    });
  });

  it('has no more threads than blocks', async () => {
    const { pool } = createPool(threadedEngine(4), spec, nine.slice(0, 2));
    await pool.writeGenesis();
    await expect.poll(() => (pool as ThreadPool).sleepers).toBe(2);
    await pool.step(step(0));
    await expect.poll(() => (pool as ThreadPool).sleepers).toBe(2);
  });

  it('tells when the blocks that others wait for are done, and lets them be read then', async () => {
    const awaited = 4;
    const expected = createPool(new ReferenceEngine(), spec, nine);
    const actual = createPool(threadedEngine(2), spec, nine, 1, undefined, awaited);
    for (const { pool } of [expected, actual]) await pool.writeGenesis();
    for (let tick = 0; tick < 20; tick++) {
      const packing = tick % 2 === 0 ? { packTurn: 0 } : {};
      let told = 0;
      await expected.pool.step({ ...step(tick), ...packing });
      const onAwaited = () => {
        told++;
        expectSame(expected.blocks.slice(0, awaited), actual.blocks);
        expectSame(expected.packed, actual.packed);
      };
      await actual.pool.step({ ...step(tick), ...packing, onAwaited });
      expect(told).toBe(1);
    }
  });

  it('fails with whom it tells so', async () => {
    const { pool } = createPool(threadedEngine(2), spec, nine, 1, undefined, 4);
    await pool.writeGenesis();
    const onAwaited = () => {
      throw new Error('it cannot be sent');
    };
    await expect(pool.step({ ...step(0), onAwaited })).rejects.toThrow('it cannot be sent');
    await expect(pool.step(step(1))).rejects.toThrow('it cannot be sent');
  });

  it('fails with whom it tells so only when no thread writes any more', async () => {
    const code = `const { add, sub, wait } = Atomics;
      const [DONE, AWAITED, UNUSED] = [64, 97, 127];
      let isTold = false;
      Atomics.sub = (words, index, value) => {
        const before = sub(words, index, value);
        if (index === AWAITED && before === 1) isTold = true;
        return before;
      };
      Atomics.add = (words, index, value) => {
        // Time enough to hear of it before the next block is done.
        if (isTold && index === DONE) wait(words, UNUSED, 0, 100);
        return add(words, index, value);
      };
      await import(${JSON.stringify(pathToFileURL(kernelWorker).href)});`;
    const workerFile = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const { pool } = createPool(threadedEngine(1, { workerFile }), spec, nine, 1, undefined, 4);
    await pool.writeGenesis();
    const onAwaited = () => {
      throw new Error('it cannot be sent');
    };
    const plan = { ...step(0), packTurn: 0, onAwaited };
    await expect(pool.step(plan)).rejects.toThrow('it cannot be sent');
    expect(pool.blocksDone).toBe(nine.length);
  });

  it('sleeps while there is nothing to do', async () => {
    const { pool } = createPool(threadedEngine(3, { spins: 1000 }), spec, nine);
    await pool.writeGenesis();
    await pool.step(step(0));
    await expect.poll(() => (pool as ThreadPool).sleepers, { timeout: 20_000 }).toBe(3);
  });

  it('is not confused by a batch that it refuses', async () => {
    const expected = createPool(new ReferenceEngine(), spec, nine);
    const actual = createPool(threadedEngine(1), spec, nine);
    for (const { pool } of [expected, actual]) await pool.writeGenesis();
    await expected.pool.step(step(0));
    const stepping = actual.pool.step(step(0));
    const rules = { ...DEFAULT_RULES, randomDeathChance: 1 };
    const refused = actual.pool.step({ ...step(0), rules });
    await expect(refused).rejects.toThrow('still under way');
    expect(await stepping).toBe(true);
    expect(actual.blocks.map(digestOf)).toEqual(expected.blocks.map(digestOf));
  });

  it('refuses a batch while one is under way', async () => {
    const { pool } = createPool(threadedEngine(2), spec, nine);
    const initializing = pool.writeGenesis();
    await expect(pool.step(step(0))).rejects.toThrow('still under way');
    expect(await initializing).toBe(true);
  });
});
