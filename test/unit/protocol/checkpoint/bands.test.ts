import { describe, expect, test } from 'vitest';
import {
  bandsOf,
  commonRegion,
  regionOfBand,
} from '../../../../services/protocol/checkpoint/bands.ts';

describe('the bands of shards', () => {
  test('are whole shards where these are small', () => {
    expect(bandsOf({ width: 64, shardSize: 16 }, [3, 5])).toEqual([
      { shard: 3, firstRow: 0, rows: 16 },
      { shard: 5, firstRow: 0, rows: 16 },
    ]);
  });

  test('cover a large shard row by row, the last one with what is left', () => {
    const bands = bandsOf({ width: 2000, shardSize: 1000 }, [1]);
    expect(bands.map(({ firstRow }) => firstRow)).toEqual([0, 262, 524, 786]);
    expect(bands.map(({ rows }) => rows)).toEqual([262, 262, 262, 214]);
    expect(regionOfBand({ width: 2000, shardSize: 1000 }, bands[3]!)).toEqual({
      ...{ x: 1000, y: 786, width: 1000, height: 214 },
    });
  });
});

describe('the cells that two rectangles share', () => {
  const square = { x: 10, y: 10, width: 10, height: 10 };

  test('are a rectangle', () => {
    const other = { x: 15, y: 0, width: 10, height: 12 };
    expect(commonRegion(square, other)).toEqual({ x: 15, y: 10, width: 5, height: 2 });
  });

  test('are none where they only touch', () => {
    expect(commonRegion(square, { ...square, x: 20 })).toBeUndefined();
    expect(commonRegion(square, { ...square, y: 0 })).toBeUndefined();
  });
});
