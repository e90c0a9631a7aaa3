import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Engine } from '../../../services/kernel/engine.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import type { BlockExtent, CellBlock } from '../../../services/world/cells/cell-block.ts';
import { applyEvent } from '../../../services/world/events/apply-event.ts';
import {
  EVENT_BOUNDS,
  type FoodDrop,
  firstConditions,
} from '../../../services/world/events/events.ts';
import { addDigests } from '../../../services/world/measuring/digest.ts';
import { mergeStatistics } from '../../../services/world/measuring/statistics.ts';
import type { Rules } from '../../../services/world/spec/rules.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { engineWorld, extremeRules } from '../../support/kernel/kernel-worlds.ts';
import { partition, scatter, seeds, wholeBlock } from '../world/worlds.ts';

const TICKS = 9;
const sides = fc.integer({ min: 16, max: 70 });
const cuts = fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 4 });

/** Drops by their ticks; radii reach round the world, and centres are wrapped into it. */
const drops = fc.array(
  fc.record({
    tick: fc.nat(TICKS - 1),
    ...{ x: fc.nat(69), y: fc.nat(69) },
    radiusX: fc.integer({ min: EVENT_BOUNDS.dropRadius[0], max: EVENT_BOUNDS.dropRadius[1] }),
    radiusY: fc.integer({ min: EVENT_BOUNDS.dropRadius[0], max: EVENT_BOUNDS.dropRadius[1] }),
    amount: fc.oneof(fc.constantFrom(...EVENT_BOUNDS.dropAmount), fc.integer({ min: 1, max: 900 })),
  }),
  { minLength: 1, maxLength: 4 },
);

interface Course {
  rules: Rules;
  seed: number;
  ticksPerExchange: number;
  drops: readonly (Omit<FoodDrop, 'kind'> & { tick: number })[];
}

/** What becomes of a world with drops that is cut into these blocks. */
function outcome(
  engine: Engine,
  whole: CellBlock,
  extents: readonly BlockExtent[],
  course: Course,
) {
  const { rules, seed, ticksPerExchange } = course;
  const world = engineWorld(engine, whole, extents, ticksPerExchange);
  for (let tick = 0; tick < TICKS; tick++) {
    world.step(rules, seed, tick, 1, (block) => {
      for (const { tick: of, ...drop } of course.drops) {
        const { x, y } = { x: drop.x % whole.width, y: drop.y % whole.height };
        const event = { kind: 'foodDrop' as const, ...drop, x, y };
        if (of === tick) applyEvent(block, event, firstConditions(rules), seed, tick);
      }
    });
  }
  return {
    digest: world.blocks.map((block) => engine.digestOf(block)).reduce(addDigests),
    statistics: world.blocks
      .map((block) => engine.statisticsOf(block, TICKS))
      .reduce(mergeStatistics),
  };
}

const engine = new WasmEngine(kernelModule);

it('food that falls on a spot leaves the same world in the compiled kernel, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.tuple(sides, sides),
      fc.tuple(cuts, cuts),
      fc.record({
        rules: extremeRules,
        seed: seeds,
        ticksPerExchange: fc.integer({ min: 1, max: 4 }),
        drops,
      }),
      ([width, height], [columnCuts, rowCuts], course) => {
        const whole = wholeBlock(width, height, 0);
        scatter(whole, course.seed, course.rules);
        const inOnePiece = { ...course, ticksPerExchange: 1 };
        const expected = outcome(new ReferenceEngine(), whole, [whole], inOnePiece);
        const blocks = partition(whole, columnCuts, rowCuts, 0);
        expect(outcome(engine, whole, blocks, course)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});
