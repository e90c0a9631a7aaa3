import { describe, expect, test } from 'vitest';
import {
  planStaging,
  Staging,
  stagingBytes,
} from '../../../../services/backend/checkpoints/staging.ts';
import { blocksOf, stagingOf } from '../../../../services/backend/shards/shard-blocks.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import { regionOfBand } from '../../../../services/protocol/checkpoint/bands.ts';
import { copyCells } from '../../../../services/world/cells/cell-copy.ts';
import { bandOf } from '../../../../services/world/cells/packed-cells.ts';
import { topologyOf } from '../topology-fixture.ts';

const MIB = 2 ** 20;
/** 16 shards of 16 x 16: bands of 4,096 bytes. */
const owners = Array.from({ length: 16 }, (_, shard) => shard % 3);
const topology = topologyOf({ owners });
const ROOMY = { shardBytes: 0, roomBytes: 2 ** 40 };

describe('the slots', () => {
  test('are as many as there are bands, if there is room', () => {
    const plan = planStaging(topology, 0, ROOMY);
    expect([plan.bands.length, plan.slots]).toEqual([6, 6]);
    expect(stagingBytes(plan)).toBe(6 * 4096);
  });

  test('are as many as the memory leaves, and at least one', () => {
    const slots = (roomBytes: number) => planStaging(topology, 0, { ...ROOMY, roomBytes }).slots;
    expect([slots(4 * 4096), slots(4 * 4096 - 1), slots(0), slots(-1e9)]).toEqual([4, 3, 1, 1]);
  });

  test('take 64 MiB or a twentieth of what the shards take, and no more', () => {
    const side = 16_384;
    const large = topologyOf({
      ...{ width: side, height: side, shardSize: 256 },
      owners: Array(4096).fill(0),
    });
    const bytes = (shardBytes: number) =>
      stagingBytes(planStaging(large, 0, { ...ROOMY, shardBytes }));
    expect(bytes(0)).toBe(64 * MIB);
    expect(bytes(4_000 * MIB)).toBe(200 * MIB);
  });

  test('are none without shards', () => {
    const idle = topologyOf({ owners: Array(16).fill(0) });
    const plan = planStaging({ ...idle, backends: topology.backends }, 1, ROOMY);
    expect([plan.slots, stagingBytes(plan)]).toEqual([0, 0]);
    expect(new Staging(new ReferenceEngine(), plan).rounds).toEqual([]);
  });

  test('fit into what the memory of a backend leaves beside its shards', () => {
    const { shardBytes } = stagingOf(topology, 0, { memoryLimitBytes: 2 ** 40 });
    const memoryLimitBytes = shardBytes + 2 * 4096;
    expect(stagingOf(topology, 0, { memoryLimitBytes }).slots).toBe(2);
  });
});

test.each([6, 2, 1])('with %i slots all cells come out of the blocks, round by round', (slots) => {
  const engine = new ReferenceEngine();
  const blocks = blocksOf(topology, 0, 4).map((extent) => engine.createBlock(extent));
  for (const block of blocks) {
    for (let row = 0; row < block.height; row++) {
      for (let column = 0; column < block.width; column++) {
        const i = (row + block.halo) * block.stride + column + block.halo;
        block.colour[i] = (block.y + row) * 64 + block.x + column + 1;
      }
    }
  }
  const staging = new Staging(
    engine,
    planStaging(topology, 0, { shardBytes: 0, roomBytes: slots * 4096 }),
  );
  const seen: number[] = [];
  for (const [round, { packs }] of staging.turns(topology, blocks).entries()) {
    packs.forEach(copyCells);
    for (const { band, slot } of staging.rounds[round] ?? []) {
      const { x, y } = regionOfBand(topology, band);
      const { colour } = bandOf(staging.cells.rasters[slot]!, 0, band.rows);
      const own = Array.from({ length: 256 }, (_, i) => (y + (i >> 4)) * 64 + x + (i & 15) + 1);
      expect([...colour]).toEqual(own);
      seen.push(band.shard);
    }
  }
  expect(seen).toEqual([0, 3, 6, 9, 12, 15]);
});
