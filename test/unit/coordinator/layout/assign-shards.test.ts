import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignShards } from '../../../../services/coordinator/layout/assign-shards.ts';

const side = fc.integer({ min: 1, max: 24 });
const backendCount = fc.integer({ min: 1, max: 40 });
const anyCase = [side, side, backendCount] as const;

const counts = (owners: number[]) => {
  const result = new Map<number, number>();
  for (const owner of owners) result.set(owner, (result.get(owner) ?? 0) + 1);
  return result;
};

/** Shards of one owner that hang together by edges of the torus. */
function isConnected(owners: number[], columns: number, rows: number, owner: number): boolean {
  const mine = owners.flatMap((o, shard) => (o === owner ? [shard] : []));
  const reached = new Set(mine.slice(0, 1));
  for (const shard of reached) {
    const x = shard % columns;
    const y = Math.floor(shard / columns);
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      const next = ((y + dy + rows) % rows) * columns + ((x + dx + columns) % columns);
      if (owners[next] === owner) reached.add(next);
    }
  }
  return reached.size === mine.length;
}

describe('the assignment of shards', () => {
  test('gives the default world of 8 x 5 shards on 4 backends two columns each', () => {
    const row = [0, 0, 1, 1, 2, 2, 3, 3];
    expect(assignShards(8, 5, 4)).toEqual([...row, ...row, ...row, ...row, ...row]);
  });

  test('cuts along rows where that leaves fewer borders', () => {
    expect(assignShards(2, 4, 2)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('counts the borders across the edges of the torus, left and right', () => {
    expect(assignShards(2, 3, 2)).toEqual([0, 0, 1, 0, 1, 1]);
  });

  test('counts the borders across the edges of the torus, above and below', () => {
    expect(assignShards(3, 2, 4)).toEqual([0, 2, 2, 0, 1, 3]);
  });

  test('gives everything to a single backend', () => {
    expect(assignShards(3, 2, 1)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('gives every shard to a backend that is there', () => {
    fc.assert(
      fc.property(...anyCase, (columns, rows, backends) => {
        const owners = assignShards(columns, rows, backends);
        expect(owners).toHaveLength(columns * rows);
        for (const owner of owners) expect(owner >= 0 && owner < backends).toBe(true);
      }),
    );
  });

  test('balances the shards to within one', () => {
    fc.assert(
      fc.property(...anyCase, (columns, rows, backends) => {
        const sizes = [...counts(assignShards(columns, rows, backends)).values()];
        expect(sizes).toHaveLength(Math.min(backends, columns * rows));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('gives every backend one contiguous piece', () => {
    fc.assert(
      fc.property(...anyCase, (columns, rows, backends) => {
        const owners = assignShards(columns, rows, backends);
        for (const owner of counts(owners).keys()) {
          expect(isConnected(owners, columns, rows, owner)).toBe(true);
        }
      }),
    );
  });

  test('leaves no more borders than cutting row by row would', () => {
    const borders = (owners: number[], columns: number, rows: number) =>
      owners.reduce((sum, owner, shard) => {
        const x = shard % columns;
        const y = Math.floor(shard / columns);
        const right = owners[y * columns + ((x + 1) % columns)];
        const below = owners[((y + 1) % rows) * columns + x];
        return sum + Number(owner !== right) + Number(owner !== below);
      }, 0);
    fc.assert(
      fc.property(...anyCase, (columns, rows, backends) => {
        const shards = columns * rows;
        const used = Math.min(backends, shards);
        const snake = Array.from({ length: shards }, (_, shard) => {
          const y = Math.floor(shard / columns);
          const x = shard % columns;
          const step = y * columns + (y % 2 === 0 ? x : columns - 1 - x);
          return Math.floor((step * used) / shards);
        });
        const owners = assignShards(columns, rows, backends);
        expect(borders(owners, columns, rows)).toBeLessThanOrEqual(borders(snake, columns, rows));
      }),
    );
  });
});
