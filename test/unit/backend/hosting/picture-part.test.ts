import { expect, test } from 'vitest';
import { picturePart } from '../../../../services/backend/hosting/picture-part.ts';
import type { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import { BACKENDS_MAX } from '../../../../services/protocol/common/limits.ts';
import {
  PICTURE_HEADER_BYTES,
  PICTURE_MAX_BYTES,
  readPictureHeader,
} from '../../../../services/protocol/wire/picture-codec.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { SPEC } from './hosting-fixture.ts';

const world = new SingleWorld(SPEC);

/** All cells of the world, after a step that was cut short. */
const shards = {
  rules: SPEC.rules,
  read: async (look: Parameters<ShardSet['read']>[0]) =>
    look(world.blocks, { minTick: 3, maxTick: 5 }),
} as Partial<ShardSet> as ShardSet;

const request = { layer: 'owner', x: 0, y: 0, width: 1, height: 1, scale: 1 } as const;
const ownerShown = async (ownIndex: number) =>
  (await picturePart(shards, SPEC, ownIndex, request))[PICTURE_HEADER_BYTES];

test('each backend has a byte of its own, up to 255 of them, and none is shown as a stranger', async () => {
  const shown: (number | undefined)[] = [];
  for (let index = 0; index < BACKENDS_MAX; index++) shown.push(await ownerShown(index));
  const own = Math.min(BACKENDS_MAX, 255);
  expect(new Set(shown.slice(0, own)).size).toBe(own);
  expect([Math.min(...(shown as number[])), Math.max(...(shown as number[]))]).toEqual([1, own]);
  expect(await ownerShown(255)).toBe(1);
});

test('a picture says from which ticks on and to which its shards are', async () => {
  const picture = await picturePart(shards, SPEC, 0, request);
  expect(readPictureHeader(picture)).toMatchObject({ minTick: 3, maxTick: 5 });
});

test('a picture that is too large is refused before anything is looked at', async () => {
  const large = { width: 65_536, height: 65_536 };
  const asked = { ...request, ...large };
  expect(large.width * large.height).toBeGreaterThan(PICTURE_MAX_BYTES);
  await expect(picturePart(shards, { ...SPEC, ...large }, 0, asked)).rejects.toMatchObject({
    code: 'FRAME_TOO_LARGE',
  });
});
