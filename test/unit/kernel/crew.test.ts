import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Crew } from '../../../services/kernel/crew.ts';
import type { Engine } from '../../../services/kernel/engine.ts';
import { extentOf } from '../../../services/kernel/memory-block.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import type { Workforce } from '../../../services/kernel/workforce.ts';
import type { BlockExtent, CellBlock, CellRaster } from '../../../services/world/cell-block.ts';
import { type CellCopy, copyCells } from '../../../services/world/cell-copy.ts';
import { digestOf } from '../../../services/world/digest.ts';
import {
  conditionsAfter,
  drawEvent,
  EVENT_KINDS,
  firstConditions,
} from '../../../services/world/events.ts';
import { haloPieces } from '../../../services/world/halo-pieces.ts';
import { mix } from '../../../services/world/randomness.ts';
import { DEFAULT_RULES } from '../../../services/world/rules.ts';
import type { WorldSpec } from '../../../services/world/spec.ts';
import { RADIUS } from '../../../services/world/tick.ts';
import { kernelModule } from '../../support/kernel.ts';
import { kernelWorker } from '../../support/kernel-worker.ts';
import { difference, extremeRules } from '../../support/kernel-worlds.ts';
import { partition, scatter, seeds, specOf, wholeBlock } from '../world/worlds.ts';

const mustered: Workforce[] = [];
afterEach(async () => {
  await Promise.all(mustered.splice(0).map((workforce) => workforce.close()));
});

const crewEngine = (threads: number, more: { spins?: number; workerFile?: string | URL } = {}) =>
  new WasmEngine(kernelModule, { workerFile: kernelWorker, ...more, threads });

/** A world on an engine, and who works on it. */
function muster(
  engine: Engine,
  spec: WorldSpec,
  extents: readonly BlockExtent[],
  k = 1,
  signal = new AbortController().signal,
  awaited = 0,
) {
  const blocks = extents.map((e) => engine.createBlock({ ...e, halo: RADIUS * k }));
  const fills: CellCopy[] = blocks.flatMap((target) =>
    blocks.flatMap((source) =>
      haloPieces(target, source).map((piece) => ({ ...piece, source, target })),
    ),
  );
  // The western margins come from elsewhere.
  const arriving = engine.createParcel(
    blocks.map(({ halo, rows }) => ({ width: halo, height: rows })),
  );
  blocks.forEach((target, i) => {
    const source = arriving.rasters[i] as CellRaster;
    const { width, height } = source;
    const at = { sourceX: 0, sourceY: 0, targetX: -target.halo, targetY: -target.halo };
    fills.push({ source, target, ...at, width, height });
  });
  const arrive = (seed: number) => {
    for (const target of arriving.rasters) {
      const { width, height } = target;
      const source = wholeBlock(width, height, 0);
      scatter(source, seed, DEFAULT_RULES);
      const at = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0 };
      copyCells({ source, target, ...at, width, height });
    }
  };
  // Others get the whole of each block that they wait for.
  const border = blocks.slice(0, awaited);
  const parcel = engine.createParcel(border);
  const packs = border.map((source, i): CellCopy => {
    const { width, height } = source;
    const at = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0 };
    return { source, target: parcel.rasters[i] as CellRaster, ...at, width, height };
  });
  const workforce = engine.muster(
    { spec, blocks, fills, packs, awaited },
    { signal, yieldToIo: async () => {} },
  );
  mustered.push(workforce);
  return { blocks, workforce, packed: parcel.rasters, arrive };
}

/** All cells of the first ones are those of the others. */
function expectSame(some: readonly CellRaster[], others: readonly CellRaster[]): void {
  some.forEach((cells, i) => {
    expect(difference(cells, others[i] as CellRaster)).toBeUndefined();
  });
}

const spec = specOf({ width: 96, height: 64, shardSize: 32, seed: 5 });
const nine = partition(wholeBlock(96, 64, 0), [31, 60], [20, 40], 0);
const step = (tick: number) => ({ tick, rules: DEFAULT_RULES, fillsMargins: true });

describe('a crew of threads', () => {
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
          k: fc.integer({ min: 1, max: 3 }),
          awaited: fc.integer({ min: 0, max: 2 }),
          seed: seeds,
        }),
        fc.array(extremeRules, { minLength: 3, maxLength: 6 }),
        async ({ threads, spins, width, height, columnCuts, rowCuts, k, seed, ...more }, rules) => {
          const any = specOf({ width, height, seed });
          const parts = partition(wholeBlock(width, height, 0), columnCuts, rowCuts, 0);
          const awaited = Math.min(parts.length, more.awaited);
          const expected = muster(new ReferenceEngine(), any, parts, k, undefined, awaited);
          const actual = muster(crewEngine(threads, { spins }), any, parts, k, undefined, awaited);
          const both = [expected.workforce, actual.workforce];
          await Promise.all(both.map((workforce) => workforce.layGenesis()));
          const step = { tick: 0, ticks: 1 };
          for (; step.tick < 12; step.tick += step.ticks) {
            const { tick } = step;
            const toExchange = k - (tick % k);
            step.ticks = 1 + ((seed + tick) % toExchange);
            const [a, b] = await Promise.all(both.map((w) => w.measure(tick, tick % 2 === 0)));
            expect(b).toEqual(a);
            const work = {
              ...step,
              rules: rules[tick % rules.length] ?? DEFAULT_RULES,
              fillsMargins: tick % k === 0,
              packsParcels: step.ticks === toExchange,
            };
            if (work.fillsMargins) for (const { arrive } of [expected, actual]) arrive(seed ^ tick);
            const areWhole = await Promise.all(both.map((workforce) => workforce.step(work)));
            expect(areWhole).toEqual([true, true]);
            expectSame(expected.packed, actual.packed);
          }
          expected.blocks.forEach((block, i) => {
            expect(difference(block, actual.blocks[i] as CellBlock)).toBeUndefined();
          });
          await actual.workforce.close();
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  it('lays the margins too, and fills them when it is asked to', async () => {
    const expected = muster(new ReferenceEngine(), spec, nine, 2);
    const { blocks, workforce } = muster(crewEngine(2), spec, nine, 2);
    const areSame = () =>
      expected.blocks.forEach((block, i) => {
        expect(difference(block, blocks[i] as CellBlock, block.halo)).toBeUndefined();
      });
    for (const w of [workforce, expected.workforce]) await w.layGenesis();
    areSame();
    for (const b of [...blocks, ...expected.blocks]) b.food.fill(7, b.stride * b.halo + b.halo);
    for (const w of [workforce, expected.workforce]) await w.fillMargins();
    areSame();
  });

  it('packs what others need of the first state', async () => {
    const expected = muster(new ReferenceEngine(), spec, nine, 1, undefined, 4);
    const actual = muster(crewEngine(2), spec, nine, 1, undefined, 4);
    for (const { workforce } of [expected, actual]) {
      await workforce.layGenesis();
      expect(await workforce.packParcels()).toBe(true);
    }
    expect(actual.packed.flatMap(({ size }) => [...size]).some((size) => size > 0)).toBe(true);
    expectSame(expected.packed, actual.packed);
  });

  it('sees what its caller writes between two batches', async () => {
    const expected = muster(new ReferenceEngine(), spec, nine);
    const actual = muster(crewEngine(2), spec, nine);
    for (const { workforce, blocks } of [expected, actual]) {
      await workforce.layGenesis();
      await workforce.step(step(0));
      for (const block of blocks) block.extraFood.fill(90);
      await workforce.step(step(1));
    }
    expected.blocks.forEach((block, i) => {
      expect(difference(block, actual.blocks[i] as CellBlock)).toBeUndefined();
    });
  });

  it.each(EVENT_KINDS)('lets %s happen to every block, margins too', async (kind) => {
    const event = drawEvent(kind, (j) => mix(j + 77), spec);
    const happening = { event, conditions: conditionsAfter(firstConditions(spec.rules), event) };
    const expected = muster(new ReferenceEngine(), spec, nine, 2);
    const actual = muster(crewEngine(2), spec, nine, 2);
    for (const { workforce } of [expected, actual]) {
      await workforce.layGenesis();
      expect(await workforce.apply(happening, 7)).toBe(true);
    }
    expected.blocks.forEach((block, i) => {
      expect(difference(block, actual.blocks[i] as CellBlock, block.halo)).toBeUndefined();
    });
  });

  it('has no more threads than blocks', async () => {
    const { workforce } = muster(crewEngine(4), spec, nine.slice(0, 2));
    await workforce.layGenesis();
    await expect.poll(() => (workforce as Crew).sleepers).toBe(2);
    await workforce.step(step(0));
    await expect.poll(() => (workforce as Crew).sleepers).toBe(2);
  });

  it('tells when the blocks that others wait for are done, and lets them be read then', async () => {
    const awaited = 4;
    const expected = muster(new ReferenceEngine(), spec, nine);
    const actual = muster(crewEngine(2), spec, nine, 1, undefined, awaited);
    for (const { workforce } of [expected, actual]) await workforce.layGenesis();
    for (let tick = 0; tick < 20; tick++) {
      const packsParcels = tick % 2 === 0;
      let told = 0;
      await expected.workforce.step({ ...step(tick), packsParcels });
      const onAwaited = () => {
        told++;
        expectSame(expected.blocks.slice(0, awaited), actual.blocks);
        expectSame(expected.packed, actual.packed);
      };
      await actual.workforce.step({ ...step(tick), packsParcels, onAwaited });
      expect(told).toBe(1);
    }
  });

  it('fails with whom it tells so', async () => {
    const { workforce } = muster(crewEngine(2), spec, nine, 1, undefined, 4);
    await workforce.layGenesis();
    const onAwaited = () => {
      throw new Error('it cannot be sent');
    };
    await expect(workforce.step({ ...step(0), onAwaited })).rejects.toThrow('it cannot be sent');
    await expect(workforce.step(step(1))).rejects.toThrow('it cannot be sent');
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
    const { workforce } = muster(crewEngine(1, { workerFile }), spec, nine, 1, undefined, 4);
    await workforce.layGenesis();
    const onAwaited = () => {
      throw new Error('it cannot be sent');
    };
    const work = { ...step(0), packsParcels: true, onAwaited };
    await expect(workforce.step(work)).rejects.toThrow('it cannot be sent');
    expect(workforce.blocksDone).toBe(nine.length);
  });

  it('sleeps while there is nothing to do', async () => {
    const { workforce } = muster(crewEngine(3, { spins: 1000 }), spec, nine);
    await workforce.layGenesis();
    await workforce.step(step(0));
    await expect.poll(() => (workforce as Crew).sleepers, { timeout: 20_000 }).toBe(3);
  });

  it('is not confused by a batch that it refuses', async () => {
    const expected = muster(new ReferenceEngine(), spec, nine);
    const actual = muster(crewEngine(1), spec, nine);
    for (const { workforce } of [expected, actual]) await workforce.layGenesis();
    await expected.workforce.step(step(0));
    const stepping = actual.workforce.step(step(0));
    const rules = { ...DEFAULT_RULES, randomDeathChance: 1 };
    const refused = actual.workforce.step({ ...step(0), rules });
    await expect(refused).rejects.toThrow('still under way');
    expect(await stepping).toBe(true);
    expect(actual.blocks.map(digestOf)).toEqual(expected.blocks.map(digestOf));
  });

  it('refuses a batch while one is under way', async () => {
    const { workforce } = muster(crewEngine(2), spec, nine);
    const laying = workforce.layGenesis();
    await expect(workforce.step(step(0))).rejects.toThrow('still under way');
    expect(await laying).toBe(true);
  });
});

describe('a crew that is told to stop', () => {
  it('does not finish the batch, and begins no other', async () => {
    const stop = new AbortController();
    const { workforce, blocks } = muster(crewEngine(2), spec, nine, 1, stop.signal);
    await workforce.layGenesis();
    const stepping = workforce.step(step(0));
    stop.abort();
    expect(await stepping).toBe(false);
    const before = blocks.map(digestOf);
    expect(await workforce.step(step(1))).toBe(false);
    expect(await workforce.measure(1, true)).toBeUndefined();
    expect(blocks.map(digestOf)).toEqual(before);
  });

  it('writes nothing once it is closed, not even in the middle of a batch', async () => {
    const { workforce, blocks } = muster(crewEngine(2), spec, nine);
    await workforce.layGenesis();
    const stepping = workforce.step(step(0));
    await workforce.close();
    expect(await stepping).toBe(false);
    const before = blocks.map(digestOf);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(blocks.map(digestOf)).toEqual(before);
  });

  it.runIf(process.platform === 'linux')('leaves no thread behind', async () => {
    const threads = () => readdirSync('/proc/self/task').length;
    const round = async () => {
      const { workforce } = muster(crewEngine(1), spec, nine);
      await workforce.layGenesis();
      await workforce.close();
    };
    await round();
    const before = threads();
    for (let i = 0; i < 6; i++) await round();
    // Leaving one each they would be six; the runtime may start one or two of its own.
    expect(threads()).toBeLessThan(before + 3);
  });
});

describe('a crew of which a thread breaks', () => {
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
    const { workforce } = muster(crewEngine(2, { workerFile }), spec, nine);
    await expect(workforce.layGenesis()).rejects.toThrow(message);
    await expect(workforce.step(step(0))).rejects.toThrow(message);
  });

  it.runIf(process.platform === 'linux')(
    'leaves no thread behind when not all of them can be started',
    async () => {
      const threads = () => readdirSync('/proc/self/task').length;
      const before = threads();
      for (let i = 0; i < 6; i++) {
        const engine = crewEngine(2);
        const block = engine.createBlock({ ...(nine[0] as BlockExtent), halo: RADIUS });
        const thread = engine.createThread();
        // Nothing that can be sent to a thread: it throws, as where there may be no more of them.
        const bad = { ...thread, scratch: (() => undefined) as unknown as number };
        const crew = new Crew({
          spec,
          blocks: [
            {
              address: engine.addressOf(block),
              extent: extentOf(block),
              fillsFromBlocks: engine.layCopies([]),
              fillsFromParcels: engine.layCopies([]),
              packs: engine.layCopies([]),
            },
          ],
          awaited: 0,
          threads: [thread, bad],
          signal: new AbortController().signal,
          spins: 0,
          workerFile: kernelWorker,
        });
        mustered.push(crew);
        await expect(crew.layGenesis()).rejects.toThrow('a kernel thread cannot be started');
        await crew.close();
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
    const { workforce } = muster(crewEngine(2, { workerFile }), spec, nine);
    await expect(workforce.layGenesis()).rejects.toThrow('it broke');
    await expect.poll(() => (workforce as Crew).sleepers).toBe(0);
  });
});
