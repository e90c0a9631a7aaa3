import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integerRoot, quotient } from '../../../../services/world/arithmetic/integers.ts';
import { wrap } from '../../../../services/world/cells/cell-block.ts';
import { squaredRiverDistances } from '../../../../services/world/genesis/river-distance.ts';
import { type TerrainSpec, walkRivers } from '../../../../services/world/genesis/rivers.ts';
import { evaluateTerrain } from '../../../../services/world/genesis/terrain.ts';
import { seeds } from '../worlds.ts';

function riversOf(terrain: TerrainSpec) {
  const segments: [x: number, y: number, stepX: number, stepY: number][] = [];
  walkRivers(terrain, (...segment) => segments.push(segment));
  return segments;
}

/** ⌊d²⌋ to the nearest river by trying every image of every segment, on big integers. */
function squaredDistanceByForce(terrain: TerrainSpec, anyX: number, anyY: number): number {
  const x = wrap(anyX, terrain.width);
  const y = wrap(anyY, terrain.height);
  let least = 175n * 175n;
  const reachX = Math.ceil(250 / terrain.width);
  const reachY = Math.ceil(250 / terrain.height);
  for (const [ax, ay, stepX, stepY] of riversOf(terrain)) {
    for (let i = -reachX; i <= reachX; i++) {
      for (let j = -reachY; j <= reachY; j++) {
        const vx = BigInt(x - ax - i * terrain.width);
        const vy = BigInt(y - ay - j * terrain.height);
        const [sx, sy] = [BigInt(stepX), BigInt(stepY)];
        const length = sx * sx + sy * sy;
        const along = vx * sx + vy * sy;
        let square: bigint;
        if (along <= 0n) square = vx * vx + vy * vy;
        else if (along >= length) square = (vx - sx) ** 2n + (vy - sy) ** 2n;
        else square = (vx * sy - vy * sx) ** 2n / length;
        if (square < least) least = square;
      }
    }
  }
  return Number(least);
}

/** The value at one cell by the definition, smoothing included, each cell on its own. */
function terrainByDefinition(terrain: TerrainSpec, x: number, y: number, pass = 4): number {
  if (pass === 0) {
    const [square] = squaredRiverDistances(terrain, x, y, 1, 1);
    const distance = integerRoot(square!);
    return 5 + Math.floor((45 * (175 - distance) ** 2) / 30625);
  }
  let sum = 0;
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) sum += terrainByDefinition(terrain, x + dx, y + dy, pass - 1);
  }
  const own = terrainByDefinition(terrain, x, y, pass - 1);
  return Math.floor((56 * own + 3 * (sum - own) + 40) / 80);
}

describe('terrain', () => {
  it('of any rectangle evaluated alone equals the cut of the whole', () => {
    const side = fc.integer({ min: 16, max: 420 });
    const terrains = fc.record({ seed: seeds, number: fc.nat(3), width: side, height: side });
    const rects = fc.record({
      x: fc.integer({ min: -50, max: 450 }),
      y: fc.integer({ min: -50, max: 450 }),
      width: fc.integer({ min: 1, max: 90 }),
      height: fc.integer({ min: 1, max: 90 }),
    });
    fc.assert(
      fc.property(terrains, rects, (terrain, { x, y, width, height }) => {
        const whole = evaluateTerrain(terrain, 0, 0, terrain.width, terrain.height);
        const part = evaluateTerrain(terrain, x, y, width, height);
        const cut = new Uint8Array(width * height);
        for (let j = 0; j < height; j++) {
          for (let i = 0; i < width; i++) {
            const from = wrap(y + j, terrain.height) * terrain.width + wrap(x + i, terrain.width);
            cut[j * width + i] = whole[from]!;
          }
        }
        expect(part).toEqual(cut);
      }),
      { numRuns: 25 },
    );
  });

  it('measures the exact torus distance to the nearest river, rounded down', () => {
    const side = fc.constantFrom(16, 61, 300, 1000);
    const terrains = fc.record({ seed: seeds, number: fc.nat(3), width: side, height: side });
    fc.assert(
      fc.property(terrains, fc.nat(999), fc.nat(999), (terrain, x, y) => {
        const squares = squaredRiverDistances(terrain, x - 20, y - 9, 41, 19);
        expect(squares[9 * 41 + 20]).toBe(squaredDistanceByForce(terrain, x, y));
        expect(squares[0]).toBe(squaredDistanceByForce(terrain, x - 20, y - 9));
      }),
      { numRuns: 40 },
    );
  });

  it('falls from the river and is smoothed as defined, to the last rounding', () => {
    const terrain = { seed: 9, number: 0, width: 700, height: 500 };
    for (const [x, y] of [
      [0, 0],
      [350, 250],
      [699, 499],
      [120, 40],
    ] as const) {
      expect(evaluateTerrain(terrain, x, y, 1, 1)[0]).toBe(terrainByDefinition(terrain, x, y));
    }
  });

  it('lies between 5 and 50, with rivers and with far country on the default world', () => {
    const food = evaluateTerrain(
      { seed: 1, number: 0, width: 2000, height: 1250 },
      0,
      0,
      2000,
      1250,
    );
    const [least, most] = food.reduce(
      ([low, high], value) => [Math.min(low!, value), Math.max(high!, value)],
      [255, 0],
    );
    expect(least).toBe(5);
    expect(most).toBeGreaterThanOrEqual(49);
    expect(most).toBeLessThanOrEqual(50);
  });

  it('differs by seed and by number', () => {
    const at = (seed: number, number: number) =>
      evaluateTerrain({ seed, number, width: 600, height: 600 }, 100, 100, 40, 40).join();
    expect(new Set([at(1, 0), at(1, 1), at(2, 0)]).size).toBe(3);
  });
});

describe('rivers', () => {
  it('are 10 to 20 per 2.5 million cells in proportion to the area, and at least 2', () => {
    const starts = (width: number, height: number, seed: number) => {
      let rivers = 0;
      let [atX, atY] = [-1, -1];
      for (const [x, y, stepX, stepY] of riversOf({ seed, number: 0, width, height })) {
        if (x !== atX || y !== atY) rivers++;
        atX = wrap(x + stepX, width);
        atY = wrap(y + stepY, height);
      }
      return rivers;
    };
    for (let seed = 0; seed < 40; seed++) {
      const rivers = starts(2000, 1250, seed);
      expect(rivers).toBeGreaterThanOrEqual(10);
      expect(rivers).toBeLessThanOrEqual(20);
      expect(starts(4000, 1250, seed)).toBe(2 * rivers);
    }
    expect(starts(500, 500, 1)).toBe(2);
    expect(starts(16, 16, 1)).toBe(2);
  });

  it('take steps of 20 to 30 cells, to within the rounding to whole cells', () => {
    for (const [, , stepX, stepY] of riversOf({ seed: 3, number: 0, width: 2000, height: 1250 })) {
      const length = Math.sqrt(stepX ** 2 + stepY ** 2);
      expect(length).toBeGreaterThan(19.2);
      expect(length).toBeLessThan(30.8);
    }
  });

  it('are longer in a larger world', () => {
    const perRiver = (side: number) => {
      const terrain = { seed: 1, number: 0, width: side, height: side };
      const perReference = riversOf({ ...terrain, width: 2000, height: 1250 }).length;
      return riversOf(terrain).length / ((perReference * side * side) / 2_500_000);
    };
    expect(perRiver(8000)).toBeGreaterThan(1.3);
  });
});

describe('integer arithmetic', () => {
  it('takes quotients and roots rounded down, exactly', () => {
    const large = fc.integer({ min: 0, max: 2 ** 52 - 1 });
    fc.assert(
      fc.property(large, fc.integer({ min: 1, max: 2 ** 31 }), (a, b) => {
        expect(BigInt(quotient(a, b))).toBe(BigInt(a) / BigInt(b));
        const root = BigInt(integerRoot(a));
        expect(root * root <= BigInt(a) && (root + 1n) ** 2n > BigInt(a)).toBe(true);
      }),
    );
    expect([0, 1, 3, 4, 8, 9].map(integerRoot)).toEqual([0, 1, 1, 2, 2, 3]);
  });
});
