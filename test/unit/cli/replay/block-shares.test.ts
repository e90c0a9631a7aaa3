import { expect, test } from 'vitest';
import {
  blocksOfWorld,
  bytesOfBlocks,
  shareBlocks,
} from '../../../../services/cli/replay/block-shares.ts';
import { memoryBlockSpanBytes } from '../../../../services/kernel/memory-block.ts';

const huge = { width: 20_000, height: 20_000 };
const blocks = blocksOfWorld(huge, { threads: 2, halo: 12 });
const spanOf = (some: typeof blocks) =>
  some.reduce((sum, block) => sum + memoryBlockSpanBytes(block), 0);

test('a world that fits into one memory stays in one', () => {
  const small = blocksOfWorld({ width: 2_000, height: 1_250 }, { threads: 2, halo: 12 });
  expect(shareBlocks(small, 2 ** 32)).toEqual([small]);
});

test('a larger one is divided evenly, each block once and in order, and no share is too large', () => {
  const shares = shareBlocks(blocks, 2 ** 32);
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.flat()).toEqual(blocks);
  for (const share of shares) {
    expect(spanOf([...share])).toBeLessThanOrEqual(2 ** 32);
    expect(Math.abs(share.length - blocks.length / shares.length)).toBeLessThan(1);
  }
});

test('blocks that are too large themselves get a share each', () => {
  const some = blocks.slice(0, 3);
  expect(shareBlocks(some, 1)).toEqual(some.map((block) => [block]));
});

test('a world takes some bytes more than its cells', () => {
  const perCell = bytesOfBlocks(blocks) / (huge.width * huge.height);
  expect(perCell).toBeGreaterThan(17);
  expect(perCell).toBeLessThan(19);
});

test('pieces are cut along the shards where these are given', () => {
  const cut = blocksOfWorld({ width: 96, height: 64 }, { shardSize: 32, threads: 2, halo: 3 });
  expect(cut.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
    [0, 0, 32, 32],
    [32, 0, 32, 32],
    [64, 0, 32, 32],
    [0, 32, 32, 32],
    [32, 32, 32, 32],
    [64, 32, 32, 32],
  ]);
});
