import { beforeEach, describe, expect, test } from 'vitest';
import { RecentTiles } from '../../../../../services/coordinator/watching/tiles/recent-tiles.ts';
import {
  decodeTiles,
  earlierTiles,
  type TilesAnswer,
} from '../../../../../services/protocol/wire/tile-codec.ts';

const BYTES = 64 * 32;

/** A world of one tile, of `BYTES` pixels. */
const answerOf = (n: number, change: Partial<TilesAnswer> = {}): TilesAnswer => ({
  ...{ layer: 'size', zoom: 0, x: 0, y: 0, columns: 1, rows: 1, minTick: n, maxTick: n },
  ...{ world: { width: 64, height: 32 }, tag: tagOf(n), tiles: [new Uint8Array(BYTES).fill(n)] },
  ...change,
});
const tagOf = (n: number) => n.toString(16).padStart(16, '0');

describe('tiles that were given lately', () => {
  let recent: RecentTiles;
  /** Whether the second is told against the first. */
  const isToldAgainst = (first: number, answer: TilesAnswer) => {
    const bytes = recent.encode(answer, tagOf(first));
    try {
      decodeTiles(bytes);
      return false;
    } catch {
      const since = { tag: tagOf(first), tileAt: () => new Uint8Array(BYTES).fill(first) };
      expect(decodeTiles(bytes, since).tiles[0]!.pixels).toEqual(answer.tiles[0]);
      return true;
    }
  };
  /** Differs from the answer of 1 in one pixel. */
  const next = (n: number, change: Partial<TilesAnswer> = {}) => {
    const pixels = new Uint8Array(BYTES).fill(1);
    pixels[7] = n;
    return recent.keep(answerOf(n, { tiles: [pixels], ...change }));
  };
  beforeEach(() => {
    recent = new RecentTiles(3 * BYTES);
    recent.keep(answerOf(1));
  });

  test('are what later ones are told against', () => {
    expect(isToldAgainst(1, next(2))).toBe(true);
  });

  test('are forgotten, the oldest first, once their pixels are too many', () => {
    next(2);
    next(3);
    expect(isToldAgainst(1, next(3))).toBe(true);
    next(4);
    expect(isToldAgainst(1, next(4))).toBe(false);
  });

  test('are kept longer if they are given again', () => {
    next(2);
    next(3);
    recent.keep(answerOf(1));
    expect(isToldAgainst(1, next(4))).toBe(true);
  });

  test('are not told against another layer, zoom or world', () => {
    expect(isToldAgainst(1, next(2, { layer: 'canKill' }))).toBe(false);
    expect(isToldAgainst(1, next(3, { zoom: 1, world: { width: 128, height: 64 } }))).toBe(false);
    expect(isToldAgainst(1, next(4, { world: { width: 32, height: 64 } }))).toBe(false);
  });

  test('keep the newest, however large it is', () => {
    const large = { width: 256, height: 32 };
    const answer = answerOf(2, { world: large, tiles: [new Uint8Array(256 * 32)] });
    recent.keep(answer);
    const bytes = recent.encode(answerOf(3, { world: large, tiles: answer.tiles }), tagOf(2));
    const since = { tag: tagOf(2), tileAt: () => answer.tiles[0] };
    expect(decodeTiles(bytes, since).tiles[0]!.isChanged).toBe(false);
  });

  test('have their bytes made once for all who have the same', () => {
    const answer = next(2);
    expect(recent.encode(answer, tagOf(1))).toBe(recent.encode(answer, tagOf(1)));
    expect(recent.encode(answer)).toBe(recent.encode(answer, tagOf(99)));
    expect(earlierTiles(decodeTiles(recent.encode(answer))).tileAt(0, 0)).toEqual(answer.tiles[0]);
  });

  test('of the same tag are one answer', () => {
    expect(recent.keep(answerOf(1))).toBe(recent.keep(answerOf(1)));
  });

  test('are whole where the earlier answer had no such tile', () => {
    const world = { width: 512, height: 32 };
    const tiles = [new Uint8Array(256 * 32).fill(1)];
    recent.keep(answerOf(5, { world, tiles }));
    const beside = answerOf(6, { world, x: 1, tiles });
    expect(decodeTiles(recent.encode(beside, tagOf(5))).tiles[0]!.pixels).toEqual(tiles[0]);
  });
});
