import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  PICTURE_HEADER_BYTES,
  picturePixelsBytes,
  readPictureHeader,
} from '../../../services/protocol/wire/picture-codec.ts';
import {
  LAYER_BYTES,
  LAYERS,
  type Layer,
  sampleLayer,
} from '../../../services/world/measuring/layers.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { Cluster, SPEC } from './harness.ts';

let cluster: Cluster;
beforeEach(async () => {
  cluster = new Cluster();
  await cluster.start();
});
afterEach(() => cluster.close());

const rect = { x: 5, y: 7, width: 110, height: 80, scale: 3 };

/** The parts of all backends, combined. */
async function wholePicture(layer: Layer): Promise<Uint8Array> {
  const parts = await cluster.all('readPicture', { layer, ...rect });
  const whole = new Uint8Array(picturePixelsBytes(layer, rect));
  for (const part of parts) {
    part.subarray(PICTURE_HEADER_BYTES).forEach((byte, i) => {
      if (byte !== 0) whole[i] = byte;
    });
  }
  return whole;
}

test.each(LAYERS.filter((layer) => layer !== 'owner'))(
  'the parts of layer %s are the picture of the world in one piece',
  async (layer) => {
    await cluster.runTo(30);
    const world = new SingleWorld(SPEC);
    for (let t = 0; t < 30; t++) world.step();
    const expected = new Uint8Array(picturePixelsBytes(layer, rect));
    sampleLayer(world.blocks[0]!, layer, SPEC.rules, 30, rect, 0, expected);
    expect(Buffer.compare(await wholePicture(layer), expected)).toBe(0);
  },
);

test('the layer owner shows which backend has which shard', async () => {
  const picture = await wholePicture('owner');
  const columns = Math.ceil(rect.width / rect.scale);
  const { owners } = cluster.topology();
  picture.forEach((owner, i) => {
    const x = rect.x + (i % columns) * rect.scale;
    const y = rect.y + Math.floor(i / columns) * rect.scale;
    const shard = Math.floor(y / SPEC.shardSize) * 4 + Math.floor(x / SPEC.shardSize);
    expect(owner).toBe(owners[shard]! + 1);
  });
});

test('a picture read while the shards tick shows all of them in one state', async () => {
  const [first] = cluster.members as [(typeof cluster.members)[0]];
  const request = { layer: 'food' as const, x: 0, y: 0, width: 128, height: 32, scale: 1 };
  const pictures: Uint8Array[] = [];
  await cluster.heartbeat(40);
  while (cluster.tickOf(first) < 40) {
    pictures.push(await first.ask('readPicture', request));
    await cluster.clock.yieldToIo();
  }
  const seen = new Set<number>();
  const world = new SingleWorld(SPEC);
  for (const picture of pictures) {
    const { minTick, maxTick } = readPictureHeader(picture);
    expect(minTick).toBe(maxTick);
    seen.add(minTick);
    while (world.tick < minTick) world.step();
    const expected = new Uint8Array(picturePixelsBytes('food', request));
    sampleLayer(world.blocks[0]!, 'food', SPEC.rules, minTick, request, 0, expected);
    // The backend has the first three of these four shards.
    for (let y = 0; y < 32; y++) {
      const from = y * 128 * LAYER_BYTES.food;
      const to = from + 96 * LAYER_BYTES.food;
      const row = picture.subarray(PICTURE_HEADER_BYTES).subarray(from, to);
      expect(Buffer.compare(row, expected.subarray(from, to))).toBe(0);
    }
  }
  expect(seen.size).toBeGreaterThan(5);
});

test('a picture before the shards are there is refused', async () => {
  const empty = new Cluster({ backends: 1 });
  const [{ ask }] = empty.members as [(typeof empty.members)[0]];
  const request = { layer: 'food' as const, ...rect };
  await expect(ask('readPicture', request)).rejects.toMatchObject({
    code: 'COLONY_NOT_INITIALIZED',
  });
  await ask('initializeColony', { colonyInstanceId: 'i', stored: empty.stored });
  await expect(ask('readPicture', request)).rejects.toMatchObject({
    code: 'TOPOLOGY_NOT_INITIALIZED',
  });
  const topology = empty.topology({ colonyInstanceId: 'i' });
  await ask('initializeTopology', { topology });
  await expect(ask('readPicture', request)).rejects.toMatchObject({
    code: 'SHARDS_NOT_INITIALIZED',
  });
});
