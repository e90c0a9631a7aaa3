import { expect, test } from 'vitest';
import { drawList } from '../../../../services/dashboard/src/world/drawing/draw-list.ts';
import { TileStore } from '../../../../services/dashboard/src/world/tiles/tile-store.ts';
import { seenTiles } from '../../../../services/dashboard/src/world/view/cover.ts';
import { answerOf, world } from './tile-answers.fixture.ts';

const all = { layer: 'food', zoom: 1, x: 0, y: 0, columns: 4, rows: 3 } as const;

test('a tile of an answer is found, with its ticks', () => {
  const store = new TileStore();
  store.take(answerOf(all, { value: 3, tick: 70 }));
  const tile = store.get('food', 1, 3, 2);
  expect(tile).toMatchObject({ width: 232, height: 113, minTick: 70, maxTick: 71 });
  expect(tile?.pixels[0]).toBe(3);
  expect(store.get('food', 0, 3, 2)).toBeUndefined();
  expect(store.get('size', 1, 3, 2)).toBeUndefined();
});

test('an answer that changes nothing is no other picture, and keeps the pixels', () => {
  const store = new TileStore();
  store.take(answerOf(all, { tag: 1 }));
  const before = store.get('food', 1, 0, 0)?.pixels;
  const since = store.earlierFor('food', all);
  expect(since?.tag).toBe('0000000000000001');
  expect(store.take(answerOf(all, { tag: 2, tick: 9, since }))).toBe(false);
  expect(store.get('food', 1, 0, 0)?.minTick).toBe(9);
  expect(store.get('food', 1, 0, 0)?.pixels === before).toBe(true);
  expect(store.take(answerOf(all, { tag: 3, value: 8 }))).toBe(true);
});

test('the next answer is told against the newest one that has most of its tiles', () => {
  const store = new TileStore();
  const part = { ...all, columns: 2 };
  store.take(answerOf(all, { tag: 1 }));
  store.take(answerOf(part, { tag: 2 }));
  expect(store.earlierFor('food', part)?.tag).toBe('0000000000000002');
  expect(store.earlierFor('food', all)?.tag).toBe('0000000000000001');
  expect(store.earlierFor('food', { ...all, zoom: 0 })).toBeUndefined();
  expect(store.earlierFor('health', all)).toBeUndefined();
  store.forgetAnswers();
  expect(store.earlierFor('food', all)).toBeUndefined();
});

test('what was looked at longest ago is forgotten first', () => {
  const store = new TileStore(3 * 256 * 256);
  const one = (x: number) => ({ layer: 'size', zoom: 0, x, y: 0, columns: 1, rows: 1 }) as const;
  for (const x of [0, 1, 2]) store.take(answerOf(one(x)));
  store.get('size', 0, 0, 0);
  store.take(answerOf(one(3)));
  expect(store.get('size', 0, 1, 0)).toBeUndefined();
  expect(store.get('size', 0, 0, 0)).toBeDefined();
  expect(store.bytes).toBe(3 * 256 * 256);
});

test('another world begins with nothing', () => {
  const store = new TileStore();
  store.take(answerOf(all));
  store.clear();
  expect(store.bytes).toBe(0);
  expect(store.get('food', 1, 0, 0)).toBeUndefined();
  expect(store.earlierFor('food', all)).toBeUndefined();
});

const camera = { x: 600, y: 600, scale: 4 };
const screen = { width: 800, height: 600 };

test('a picture whose tiles are all there consists of them, and has their least tick', () => {
  const store = new TileStore();
  store.take(answerOf({ layer: 'food', zoom: 0, x: 0, y: 0, columns: 8, rows: 5 }, { tick: 40 }));
  store.take(answerOf({ layer: 'food', zoom: 0, x: 2, y: 2, columns: 1, rows: 1 }, { tick: 50 }));
  const list = drawList(store, 'food', seenTiles(camera, world, screen, 0));
  expect(list.isComplete).toBe(true);
  expect(list.pieces.every(({ tile }) => tile.zoom === 0)).toBe(true);
  expect(list.minTick).toBe(40);
});

test('a part of a coarser tile stands in for one that has not come', () => {
  const store = new TileStore();
  store.take(answerOf({ layer: 'food', zoom: 3, x: 0, y: 0, columns: 1, rows: 1 }));
  const seen = seenTiles(camera, world, screen, 0);
  const list = drawList(store, 'food', seen);
  expect(list.isComplete).toBe(false);
  expect(list.pieces).toHaveLength(seen.length);
  const piece = list.pieces.find(({ left, top }) => left === 512 && top === 512);
  expect(piece).toMatchObject({ pixelX: 64, pixelY: 64, width: 256, height: 256 });
});

test('finer tiles stand in where a coarser one has not come', () => {
  const store = new TileStore();
  store.take(answerOf({ layer: 'food', zoom: 0, x: 2, y: 2, columns: 2, rows: 2 }));
  const [place] = seenTiles({ x: 768, y: 768, scale: 1 }, world, { width: 9, height: 9 }, 1);
  const list = drawList(store, 'food', place === undefined ? [] : [place]);
  expect(list.isComplete).toBe(false);
  expect(list.pieces.map(({ left, top }) => [left, top])).toEqual([
    [512, 512],
    [768, 512],
    [512, 768],
    [768, 768],
  ]);
});

test('with nothing there nothing is drawn, and no tick is told', () => {
  const list = drawList(new TileStore(), 'food', seenTiles(camera, world, screen, 0));
  expect(list).toMatchObject({ pieces: [], isComplete: false, minTick: undefined });
});
