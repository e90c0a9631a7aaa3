import fc from 'fast-check';
import { expect, test } from 'vitest';
import { regionsOf } from '../../../../services/protocol/layout/regions.ts';
import { shardsOf } from '../../../../services/protocol/layout/topology.ts';
import { topologies, topologyOf } from '../../../support/topologies.ts';

test('regions are just the shards of the backend, each once', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const columns = t.width / t.shardSize;
      t.backends.forEach((_, backend) => {
        const shards = regionsOf(t, backend).flatMap(({ x, y, width, height }) => {
          expect([x, y, width, height].every((cells) => cells % t.shardSize === 0)).toBe(true);
          const found: number[] = [];
          for (let row = y; row < y + height; row += t.shardSize) {
            for (let column = x; column < x + width; column += t.shardSize) {
              found.push((row / t.shardSize) * columns + column / t.shardSize);
            }
          }
          return found;
        });
        expect(shards.sort((a, b) => a - b)).toEqual(shardsOf(t, backend));
      });
    }),
  );
});

test('shards that form a rectangle are one region, whichever way they lie', () => {
  const t = topologyOf({ columns: 5, rows: 4, backends: 2 }, (shard) => {
    const [column, row] = [shard % 5, Math.floor(shard / 5)];
    return column >= 1 && column < 4 && row >= 2 ? 1 : 0;
  });
  expect(regionsOf(t, 1)).toEqual([{ x: 16, y: 32, width: 48, height: 32 }]);
});

test('a run of columns that ends in the middle of one is two regions', () => {
  const t = topologyOf({ columns: 4, rows: 4, backends: 2 }, (shard) => {
    const [column, row] = [shard % 4, Math.floor(shard / 4)];
    return column < 2 || (column === 2 && row < 2) ? 0 : 1;
  });
  expect(regionsOf(t, 0)).toHaveLength(2);
  expect(regionsOf(t, 1)).toHaveLength(2);
});

test.each([
  ['by rows', ([column, row]: readonly [number, number]) => [column, row] as const],
  ['by columns', ([column, row]: readonly [number, number]) => [row, column] as const],
])('shards are put together %s where that gives fewer regions', (_way, place) => {
  // One column of three with one shard beside its middle: by columns it would be three regions.
  const mine = [
    [1, 0],
    [1, 1],
    [1, 2],
    [0, 1],
  ] as const;
  const t = topologyOf({ columns: 3, rows: 3, backends: 2 }, (shard) => {
    const [column, row] = place([shard % 3, Math.floor(shard / 3)]);
    return mine.some(([x, y]) => x === column && y === row) ? 1 : 0;
  });
  expect(regionsOf(t, 1)).toHaveLength(2);
});

test('a backend without a shard has no region', () => {
  expect(regionsOf(topologyOf({ backends: 2 }), 1)).toEqual([]);
});
