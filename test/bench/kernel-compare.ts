/*
 * Holds the compiled kernel against the reference, cell by cell, over random worlds, rules,
 * partitions and halo widths, until so many cells have been compared:
 *
 *   node scripts/run.mjs test/bench/kernel-compare.ts [MILLIONS_OF_CELLS] [SEED]
 *
 * The unit tests do the same on less. Ends with exit code 1 at the first difference, and says how
 * to run that world again.
 */
import fc from 'fast-check';
import { compileKernel } from '../../scripts/lib/kernel.mjs';
import { loadKernel } from '../../services/kernel/load-kernel.ts';
import { ReferenceEngine } from '../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../services/kernel/wasm-engine.ts';
import type { CellBlock } from '../../services/world/cells/cell-block.ts';
import { addDigests, digestOf } from '../../services/world/measuring/digest.ts';
import { DEFAULT_RULES, type Rules } from '../../services/world/spec/rules.ts';
import { difference, engineWorld, extremeRules } from '../support/kernel/kernel-worlds.ts';
import { partition, scatter, wholeBlock } from '../unit/world/worlds.ts';

const wantedCells = Number(process.argv[2] ?? 100) * 1e6;
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const module = loadKernel(await compileKernel(process.cwd()));

interface Case {
  width: number;
  height: number;
  columnCuts: number[];
  rowCuts: number[];
  /** Of each exchange, how many ticks are taken at once. */
  sweeps: number[];
  exchanges: number;
  rules: Rules;
  worldSeed: number;
  firstTick: number;
}

const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 4 });
const cases: fc.Arbitrary<Case> = fc.record({
  width: fc.integer({ min: 16, max: 400 }),
  height: fc.integer({ min: 16, max: 400 }),
  columnCuts: cuts,
  rowCuts: cuts,
  sweeps: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  exchanges: fc.integer({ min: 1, max: 6 }),
  rules: fc.oneof(fc.constant(DEFAULT_RULES), extremeRules),
  worldSeed: fc.integer({ min: 0, max: 0xffffffff }),
  firstTick: fc.oneof(fc.nat(2000), fc.integer({ min: 65530, max: 65540 })),
});

/** Runs one world on both, and compares all its cells after each sweep. */
function compare(c: Case): { cells: number; fault: string | undefined } {
  const { width, height, rules, worldSeed } = c;
  const whole = wholeBlock(width, height, 0);
  scatter(whole, worldSeed, rules);
  const parts = partition(whole, c.columnCuts, c.rowCuts, 0);
  const expected = engineWorld(new ReferenceEngine(), whole, [whole], 1);
  const ticksPerExchange = c.sweeps.reduce((sum, ticks) => sum + ticks);
  const actual = engineWorld(new WasmEngine(module), whole, parts, ticksPerExchange);
  const expectedBlock = expected.blocks[0] as CellBlock;
  let cells = 0;
  let tick = c.firstTick;
  for (let exchange = 0; exchange < c.exchanges; exchange++) {
    for (const ticks of c.sweeps) {
      for (let i = 0; i < ticks; i++) expected.step(rules, worldSeed, tick + i);
      actual.step(rules, worldSeed, tick, ticks);
      tick += ticks;
      cells += width * height * ticks;
      for (const block of actual.blocks) {
        const fault = difference(expectedBlock, block, 0, block);
        if (fault !== undefined) return { cells, fault: `at tick ${tick}: ${fault}` };
      }
    }
  }
  const digest = actual.blocks.map((block) => actual.engine.digestOf(block)).reduce(addDigests);
  if (digest !== digestOf(expectedBlock)) return { cells, fault: 'the digests differ' };
  return { cells, fault: undefined };
}

const startedMs = performance.now();
let cells = 0;
let worlds = 0;
for (let part = 0; cells < wantedCells; part++) {
  for (const one of fc.sample(cases, { numRuns: 20, seed: seed + part })) {
    const { cells: compared, fault } = compare(one);
    cells += compared;
    worlds++;
    if (fault !== undefined) {
      console.error(`The kernels disagree: ${fault}\n${JSON.stringify(one)}\nseed ${seed}`);
      process.exit(1);
    }
  }
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
const millions = (cells / 1e6).toFixed(0);
console.log(
  `kernel = reference: ${millions} million cells of ${worlds} worlds in ${seconds} s, seed ${seed}`,
);
