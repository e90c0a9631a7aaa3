import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assemblePicture,
  pictureParts,
} from '../../../../services/coordinator/watching/picture-assembly.ts';
import type { RpcCalls } from '../../../../services/platform/rpc/rpc-client.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import {
  shardPlace,
  shardsOf,
  type Topology,
} from '../../../../services/protocol/layout/topology.ts';
import {
  createPicture,
  PICTURE_HEADER_BYTES,
  type PictureRect,
  picturePixelsBytes,
  readPictureHeader,
} from '../../../../services/protocol/wire/picture-codec.ts';
import { RPC } from '../../../../services/protocol/wire/rpc.ts';
import { type CellBlock, createCellBlock } from '../../../../services/world/cells/cell-block.ts';
import { LAYERS, type Layer, sampleLayer } from '../../../../services/world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { fillFrom, scatter, wholeBlock } from '../../world/worlds.ts';
import { type FakeCall, fakeRpc, topologyOf } from '../fixtures.ts';

const SHARD_SIZE = 16;
const FENCE = { generation: 1, epoch: 1, topologyVersion: 1 };
const clock = new VirtualClock();

/** A world of some state, cut into the shards of a topology. */
class CutWorld {
  readonly topology: Topology;
  readonly whole: CellBlock;
  readonly shards: { block: CellBlock; owner: number }[];

  constructor(topology: Topology, seed: number) {
    const { width, height, shardSize } = topology;
    this.topology = topology;
    this.whole = wholeBlock(width, height, 0);
    scatter(this.whole, seed, DEFAULT_RULES);
    this.shards = topology.owners.map((owner, shard) => {
      const { x, y } = shardPlace(topology, shard);
      const size = { width: shardSize, height: shardSize, halo: 0 };
      const block = createCellBlock({ x, y, ...size, worldWidth: width, worldHeight: height });
      fillFrom(this.whole, block, 'all');
      return { block, owner };
    });
  }

  /** The pixels of a picture, drawn in one piece. */
  picture(layer: Layer, rect: PictureRect): Uint8Array {
    const out = new Uint8Array(picturePixelsBytes(layer, rect));
    if (layer === 'owner') {
      for (const { block, owner } of this.shards) {
        sampleLayer(block, layer, DEFAULT_RULES, 300, rect, owner + 1, out);
      }
    } else {
      sampleLayer(this.whole, layer, DEFAULT_RULES, 300, rect, 0, out);
    }
    return out;
  }

  /** What a backend answers to readPicture. Its tick is 300 plus its index. */
  answer({ bootId, request }: FakeCall): Uint8Array {
    const { layer, ...rect } = RPC.readPicture.request.parse(request);
    const index = this.topology.backends.findIndex((backend) => backend.bootId === bootId);
    const ticks = { minTick: 300 + index, maxTick: 300 + index };
    const picture = createPicture({ layer, ...rect, ...ticks });
    const pixels = picture.subarray(PICTURE_HEADER_BYTES);
    for (const { block, owner } of this.shards) {
      if (owner !== index) continue;
      sampleLayer(block, layer, DEFAULT_RULES, 300, rect, owner + 1, pixels);
    }
    return picture;
  }
}

const anyTopology = fc
  .record({
    columns: fc.integer({ min: 1, max: 5 }),
    rows: fc.integer({ min: 1, max: 4 }),
    backends: fc.integer({ min: 1, max: 6 }),
  })
  .chain(({ columns, rows, backends }) =>
    fc
      .array(fc.nat(backends - 1), { minLength: columns * rows, maxLength: columns * rows })
      .map((owners) =>
        topologyOf(backends, {
          width: columns * SHARD_SIZE,
          height: rows * SHARD_SIZE,
          shardSize: SHARD_SIZE,
          owners,
        }),
      ),
  );

const rectIn = ({ width, height }: Topology): fc.Arbitrary<PictureRect> =>
  fc
    .record({ x: fc.nat(width - 1), y: fc.nat(height - 1), scale: fc.integer({ min: 1, max: 40 }) })
    .chain(({ x, y, scale }) =>
      fc.record({
        x: fc.constant(x),
        y: fc.constant(y),
        width: fc.integer({ min: 1, max: width - x }),
        height: fc.integer({ min: 1, max: height - y }),
        scale: fc.constant(scale),
      }),
    );

const anyCase = anyTopology.chain((topology) =>
  fc.record({
    topology: fc.constant(topology),
    rect: rectIn(topology),
    layer: fc.constantFrom(...LAYERS),
    seed: fc.nat(0xffff),
  }),
);

const assemble = (topology: Topology, rect: PictureRect, rpc: RpcCalls, layer: Layer = 'food') =>
  assemblePicture({ rpc, topology, fence: FENCE, layer, rect });

/** Two backends, the left and the right half of 64 x 32 cells. */
const halves = topologyOf(2, { owners: [0, 0, 1, 1, 0, 0, 1, 1] });
const all: PictureRect = { x: 0, y: 0, width: 64, height: 32, scale: 1 };

describe('a picture put together from its backends', () => {
  test('is the picture of the whole world drawn in one piece', async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ topology, rect, layer, seed }) => {
        const world = new CutWorld(topology, seed);
        const { rpc } = fakeRpc(clock, (call) => world.answer(call));
        const { picture } = await assemble(topology, rect, rpc, layer);
        expect(readPictureHeader(picture)).toMatchObject({ layer, ...rect });
        expect(picture.subarray(PICTURE_HEADER_BYTES)).toEqual(world.picture(layer, rect));
      }),
    );
  });

  test('asks each backend that has a part in it once, and no other', async () => {
    const world = new CutWorld(halves, 1);
    const { rpc, calls } = fakeRpc(clock, (call) => world.answer(call));
    await assemble(halves, { ...all, width: 20 }, rpc);
    expect(calls.map(({ bootId }) => bootId)).toEqual(['boot-0']);
  });

  test('shows the least and the greatest tick of its parts', async () => {
    const world = new CutWorld(halves, 1);
    const { rpc } = fakeRpc(clock, (call) => world.answer(call));
    const { picture } = await assemble(halves, all, rpc);
    expect(readPictureHeader(picture)).toMatchObject({ minTick: 300, maxTick: 301 });
  });

  test('has a tag that changes with a tick, the rectangle, the layer and the topology', async () => {
    const world = new CutWorld(halves, 1);
    const { rpc } = fakeRpc(clock, (call) => world.answer(call));
    const later = fakeRpc(clock, (call) => {
      const picture = world.answer(call);
      new DataView(picture.buffer).setUint32(32, 999, true);
      new DataView(picture.buffer).setUint32(28, 999, true);
      return picture;
    });
    const pictures = await Promise.all([
      assemble(halves, all, rpc),
      assemble(halves, all, later.rpc),
      assemble(halves, { ...all, scale: 2 }, rpc),
      assemble(halves, all, rpc, 'size'),
      assemble({ ...halves, topologyVersion: 2 }, all, rpc),
    ]);
    const again = await assemble(halves, all, rpc);
    expect(new Set(pictures.map(({ etag }) => etag)).size).toBe(5);
    expect(again.etag).toBe(pictures[0]?.etag);
  });

  test('is refused outside the world before any backend is asked', async () => {
    const { rpc, calls } = fakeRpc(clock, () => undefined);
    await expect(assemble(halves, { ...all, x: 1 }, rpc)).rejects.toMatchObject({
      code: 'FRAME_OUTSIDE_WORLD',
    });
    expect(calls).toEqual([]);
  });

  test('names the backend that does not answer', async () => {
    const { rpc } = fakeRpc(clock, () => {
      throw new TransportError('timeout', 'no answer');
    });
    const picture = assemble(halves, { ...all, x: 40, width: 8 }, rpc);
    await expect(picture).rejects.toMatchObject({
      code: 'BACKEND_UNREACHABLE',
      message: expect.stringContaining('b1'),
    });
  });

  test('is not made from a picture of something else', async () => {
    const world = new CutWorld(halves, 1);
    const { rpc } = fakeRpc(clock, (call) =>
      world.answer({ ...call, request: { ...call.request, layer: 'size' } }),
    );
    await expect(assemble(halves, all, rpc)).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
  });
});

describe('the parts of a picture', () => {
  test('lie on the grid of its pixels, inside it', () => {
    fc.assert(
      fc.property(anyCase, ({ topology, rect }) => {
        for (const part of pictureParts(topology, rect)) {
          expect(part.rect.x).toBe(rect.x + part.column * rect.scale);
          expect(part.rect.y).toBe(rect.y + part.row * rect.scale);
          expect(part.rect.x + part.rect.width).toBeLessThanOrEqual(rect.x + rect.width);
          expect(part.rect.y + part.rect.height).toBeLessThanOrEqual(rect.y + rect.height);
        }
      }),
    );
  });

  test('are no larger than the shards that a backend has in it, but for a pixel', () => {
    const [left] = pictureParts(halves, { ...all, x: 5, scale: 4 });
    expect(left).toEqual({
      backendIndex: 0,
      rect: { x: 5, y: 0, width: 27, height: 32, scale: 4 },
      column: 0,
      row: 0,
    });
    expect(shardsOf(halves, 0)).toEqual([0, 1, 4, 5]);
  });
});
