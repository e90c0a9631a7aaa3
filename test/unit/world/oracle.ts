/**
 * A second, naive implementation of one tick, written from the definition of the world alone: an
 * object per cell, a fresh array per phase, plain arithmetic modulo 2^32. It shares no code with
 * the real tick and also counts what happens, for the accounting.
 */
import type { Rules } from '../../../services/world/spec/rules.ts';

export interface OracleCell {
  food: number;
  extraFood: number;
  size: number;
  canKill: boolean;
  canMove: boolean;
  health: number;
  birth: number;
  colour: number;
  lineage: number;
}

/** Cells by row and column; a torus. */
export type OracleWorld = OracleCell[][];

export interface OracleCounts {
  deaths: number;
  /** Of the deaths those whose health was used up. */
  starved: number;
  kills: number;
  births: number;
  mutants: number;
  moves: number;
  /** Food that grew (what the cap took away counted as negative growth). */
  grown: number;
  eaten: number;
}

const WORD = 2 ** 32;
const LANE = 2 ** 16;

function times(a: number, b: number, modulus: number): number {
  return Number((BigInt(a) * BigInt(b)) % BigInt(modulus));
}

function xor(a: number, b: number): number {
  return Number(BigInt(a) ^ BigInt(b));
}

function mix(z: number): number {
  z = xor(z, Math.floor(z / 2 ** 16));
  z = times(z, 0x7feb352d, WORD);
  z = xor(z, Math.floor(z / 2 ** 15));
  z = times(z, 0x846ca68b, WORD);
  return xor(z, Math.floor(z / 2 ** 16));
}

interface Draw {
  u: number;
  w: number;
  q: number;
}

function drawsOf(seed: number, tick: number, width: number, height: number): Draw[][] {
  const kx = mix(xor(seed, times(tick + 1, 0x85ebca6b, WORD)));
  const ky = mix(xor(kx, 0x5bd1e995));
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const X = mix((kx + times(x, 0x9e3779b9, WORD)) % WORD);
      const Y = mix((ky + times(y, 0xc2b2ae35, WORD)) % WORD);
      let u = ((X % LANE) + (Y % LANE)) % LANE;
      let w = xor(Math.floor(X / LANE), Math.floor(Y / LANE));
      u = xor(u, Math.floor(u / 128));
      u = times(u, 0xa2d3, LANE);
      w = (w + u) % LANE;
      w = xor(w, Math.floor(w / 128));
      w = times(w, 0x9e6d, LANE);
      u = (xor(u, Math.floor(w / 256)) + w) % LANE;
      return { u, w, q: mix(xor((X + Y) % WORD, 0xa511e9b3)) };
    }),
  );
}

/** E, W, S, N, SE, NW, SW, NE: position in this list = position of the bit. */
const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
  [1, -1],
] as const;

/** The positions in the order in which `pick` with r prefers them. */
function pick(positions: number[], r: number): number {
  return [...positions].sort((a, b) => xor(a, r) - xor(b, r))[0]!;
}

interface Intent {
  kind: 'kill' | 'breed' | 'move';
  position: number;
}

/** One tick of a whole world: state t in, state t + 1 out (a new world). */
export function oracleTick(
  before: OracleWorld,
  rules: Rules,
  seed: number,
  tick: number,
): { world: OracleWorld; counts: OracleCounts } {
  const height = before.length;
  const width = before[0]!.length;
  const draws = drawsOf(seed, tick, width, height);
  const at = <T>(grid: T[][], x: number, y: number): T =>
    grid[(y + height) % height]![(x + width) % width]!;
  const counts = {
    deaths: 0,
    starved: 0,
    kills: 0,
    births: 0,
    mutants: 0,
    moves: 0,
    grown: 0,
    eaten: 0,
  };

  // A: live
  const D =
    rules.randomDeathChance === 0
      ? 0
      : Math.min(65535, Math.floor(65536 / rules.randomDeathChance));
  const M =
    rules.mutationChance === 0 ? 0 : Math.min(65535, Math.floor(65536 / rules.mutationChance));
  const lived = before.map((row, y) =>
    row.map((old, x) => {
      const cell = { ...old };
      cell.food = Math.min(old.food + old.extraFood, rules.maxFood);
      counts.grown += cell.food - old.food;
      if (cell.size === 0) return cell;
      const eaten = Math.min(cell.food, rules.eatCapacityPerSizeUnit * cell.size);
      counts.eaten += eaten;
      cell.food -= eaten;
      let cost = rules.healthCostPerSizeUnit * cell.size;
      if (cell.canKill) cost += rules.healthCostIfCanKill;
      if (cell.canMove) cost += rules.healthCostIfCanMove;
      cell.health = Math.min(cell.health + eaten, rules.maxHealth) - cost;
      if (cell.health <= 0 || draws[y]![x]!.u < D) {
        cell.size = 0;
        counts.deaths++;
        if (cell.health <= 0) counts.starved++;
      }
      return cell;
    }),
  );

  // B: intend
  const intents: (Intent | undefined)[][] = lived.map((row, y) =>
    row.map((cell, x) => {
      if (cell.size === 0) return undefined;
      const { w } = draws[y]![x]!;
      const where = (test: (other: OracleCell) => boolean): number[] =>
        [0, 1, 2, 3, 4, 5, 6, 7].filter((p) =>
          test(at(lived, x + DIRECTIONS[p]![0], y + DIRECTIONS[p]![1])),
        );
      const killDraw =
        rules.killChance !== 0 && Math.floor(w / 256) < Math.floor(256 / rules.killChance);
      if (cell.canKill && killDraw) {
        const prey = where((o) => o.size > 0 && o.size <= cell.size && o.colour !== cell.colour);
        if (prey.length > 0) return { kind: 'kill', position: pick(prey, w % 8) };
      }
      const isReady =
        cell.health >= Math.min(65535, rules.breedPerSize * cell.size + rules.breedBase);
      const blank = where((o) => o.size === 0);
      if (isReady && blank.length > 0) return { kind: 'breed', position: pick(blank, w % 8) };
      const better = where((o) => o.size === 0 && o.food > cell.food);
      if (cell.canMove && better.length > 0) return { kind: 'move', position: pick(better, w % 8) };
      return undefined;
    }),
  );

  // C: resolve. The claimant that looks in direction p stands one step back from the target.
  const grants: (number | undefined)[][] = lived.map((row, y) =>
    row.map((_, x) => {
      const claims = [0, 1, 2, 3, 4, 5, 6, 7].filter(
        (p) => at(intents, x - DIRECTIONS[p]![0], y - DIRECTIONS[p]![1])?.position === p,
      );
      return claims.length === 0 ? undefined : pick(claims, draws[y]![x]!.w % 8);
    }),
  );

  // D: commit, from the state after A into a copy of it
  const after = lived.map((row) => row.map((cell) => ({ ...cell })));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const position = grants[y]![x];
      if (position === undefined) continue;
      const [dx, dy] = DIRECTIONS[position]!;
      const isClaimantTarget = at(grants, x - dx, y - dy) !== undefined;
      const claimant = at(lived, x - dx, y - dy);
      const claimantAfter = at(after, x - dx, y - dy);
      const target = after[y]![x]!;
      if (lived[y]![x]!.size > 0) {
        target.size = 0;
        counts.kills++;
        if (isClaimantTarget) continue;
        const gain = Math.floor((lived[y]![x]!.health * rules.killGain) / 256);
        claimantAfter.health = Math.min(claimant.health + gain, rules.maxHealth);
        continue;
      }
      if (isClaimantTarget) continue;
      const { food, extraFood } = target;
      Object.assign(target, claimant, { food, extraFood });
      if (at(intents, x - dx, y - dy)!.kind === 'move') {
        claimantAfter.size = 0;
        counts.moves++;
        continue;
      }
      counts.births++;
      target.health = Math.floor(claimant.health / 2);
      claimantAfter.health = claimant.health - target.health;
      target.birth = tick % 65536;
      const { u } = at(draws, x - dx, y - dy);
      if (u >= D && u < Math.min(65535, D + M)) {
        counts.mutants++;
        mutate(target, draws[y]![x]!.q, rules);
      }
    }
  }
  return { world: after, counts };
}

function mutate(child: OracleCell, q: number, rules: Rules): void {
  const choice = Math.floor(q / 65536) % 4;
  if (choice === 0 && child.size < rules.maxSize) child.size++;
  if (choice === 1 && child.size > 1) child.size--;
  if (choice === 2) child.canKill = !child.canKill;
  if (choice === 3) child.canMove = !child.canMove;
  const p = mix(q);
  const channel = (value: number, byte: number) => {
    const change = Math.floor((byte * (2 * rules.colourShift + 1)) / 256) - rules.colourShift;
    return Math.max(0, Math.min(255, value + change));
  };
  const red = channel(Math.floor(child.colour / 65536), p % 256);
  const green = channel(Math.floor(child.colour / 256) % 256, Math.floor(p / 256) % 256);
  const blue = channel(child.colour % 256, Math.floor(p / 65536) % 256);
  const shifted = red * 65536 + green * 256 + blue;
  child.colour = shifted === child.colour ? xor(shifted, 256) : shifted;
}
