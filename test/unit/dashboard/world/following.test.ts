import { describe, expect, test } from 'vitest';
import type { Cells } from '../../../../services/dashboard/src/api/world-client.ts';
import { around, cellAt, indexOf } from '../../../../services/dashboard/src/world/cells/cells.ts';
import {
  type Followed,
  findFollowed,
  followedFrom,
  reachToAsk,
} from '../../../../services/dashboard/src/world/cells/following.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { cellsOf } from '../../../support/world-cells.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 96, height: 64, shardSize: 32, seed: 6 };

function living(): { world: SingleWorld; whole: () => Cells } {
  const world = new SingleWorld(spec, { shardSize: spec.shardSize });
  const whole = () => cellsOf(world, { x: 0, y: 0, width: spec.width, height: spec.height });
  return { world, whole };
}

/** The first who can move, or the first who cannot. */
const someone = (cells: Cells, canMove: boolean): Followed => all(cells, canMove)[0]!;

function all(cells: Cells, canMove: boolean): Followed[] {
  return cells.cells.size.flatMap((size, i) =>
    size > 0 && ((cells.cells.traits[i]! & 2) !== 0) === canMove
      ? [followedFrom(cells, cellAt(cells, spec, i))!]
      : [],
  );
}

describe('a creature that is followed', () => {
  test('is found again tick by tick until it dies, wherever it goes', () => {
    const { world, whole } = living();
    for (let i = 0; i < 30; i++) world.step();
    let followed = all(whole(), true).slice(0, 40);
    let moves = 0;
    const deaths: number[] = [];
    for (let ticks = 0; ticks < 120; ticks++) {
      world.step();
      followed = followed.flatMap((creature) => {
        const sighting = findFollowed(creature, cellsOf(world, around(creature, spec, 2)), spec);
        if (sighting.kind === 'dead') {
          expect(sighting.afterTick).toBe(world.tick - 1);
          expect(sighting.byTick).toBe(world.tick);
          deaths.push(world.tick);
          return [];
        }
        if (sighting.kind !== 'seen') throw new Error(`it is ${sighting.kind}`);
        expect(sighting.cell.ageTicks).toBe((world.tick - creature.birth) & 0xffff);
        const { x, y } = sighting.creature;
        if (x !== creature.x || y !== creature.y) moves++;
        return [sighting.creature];
      });
    }
    expect(deaths.length).toBeGreaterThan(20);
    expect(moves).toBeGreaterThan(0);
  });

  test('is lost, not dead, where it may have gone further than was looked', () => {
    const { whole } = living();
    const creature = someone(whole(), true);
    const emptied = whole();
    emptied.cells.size.fill(0);
    const later = (ticks: number, reach: number): Cells => ({
      ...emptied,
      ...around(creature, spec, reach),
      tick: creature.tick + ticks,
      maxTick: creature.tick + ticks,
    });
    expect(findFollowed(creature, later(9, 8), spec).kind).toBe('lost');
    expect(findFollowed(creature, later(8, 8), spec).kind).toBe('dead');
    expect(findFollowed(creature, later(900, 64), spec).kind).toBe('dead');
  });

  test('that cannot move is dead when it is not in its cell', () => {
    const { whole } = living();
    const cells = whole();
    const creature = someone(cells, false);
    const later = { ...whole(), tick: 500, maxTick: 500 };
    later.cells.size[indexOf(later, spec, creature)!] = 0;
    expect(findFollowed(creature, later, spec).kind).toBe('dead');
  });

  test('has twins where others of its kind were born in the same tick', () => {
    const { whole } = living();
    const cells = whole();
    const creature = someone(cells, true);
    const later = { ...cells, tick: 40, maxTick: 40 };
    later.cells = { ...later.cells, ageTicks: later.cells.ageTicks.map(() => 40) };
    const sighting = findFollowed(creature, later, spec);
    // Genesis: all are born in tick 0.
    if (sighting.kind !== 'seen') throw new Error(`it is ${sighting.kind}`);
    expect(sighting.twins).toBeGreaterThan(0);
  });

  test('is not looked for in another colony, or in the past', () => {
    const { whole } = living();
    const creature = { ...someone(whole(), true), tick: 10 };
    expect(findFollowed(creature, whole(), spec).kind).toBe('unknown');
    const other = { ...whole(), colonyInstanceId: 'other', maxTick: 20 };
    expect(findFollowed(creature, other, spec).kind).toBe('unknown');
  });
});

test('nobody is followed where nobody lives', () => {
  const { whole } = living();
  const cells = whole();
  const empty = cells.cells.size.indexOf(0);
  expect(followedFrom(cells, cellAt(cells, spec, empty))).toBeUndefined();
});

test('the cells around one wrap at the edges', () => {
  const { world } = living();
  const cells = cellsOf(world, around({ x: 1, y: 62 }, spec, 4));
  expect(cells).toMatchObject({ x: 93, y: 58, width: 9, height: 9 });
  const index = indexOf(cells, spec, { x: 2, y: 0 });
  expect(cellAt(cells, spec, index!)).toMatchObject({ x: 2, y: 0 });
  expect(indexOf(cells, spec, { x: 50, y: 0 })).toBeUndefined();
});

test('the longer ago it was seen, the further is looked, up to what an answer holds', () => {
  const { whole } = living();
  const mover = someone(whole(), true);
  expect(reachToAsk(mover, 60, 1000, 31)).toBe(31);
  expect(reachToAsk(mover, 10, 100, 31)).toBe(6);
  expect(reachToAsk(mover, 0, 100, 31)).toBe(4);
  expect(reachToAsk(someone(whole(), false), 1000, 1000, 31)).toBe(1);
});
