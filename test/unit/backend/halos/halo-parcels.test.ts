import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateHaloTurn } from '../../../../services/backend/halos/halo-parcels.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import { extentOfRegion, haloPlan } from '../../../../services/protocol/layout/halo-plan.ts';
import { type Region, regionsOf } from '../../../../services/protocol/layout/regions.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import { type CellBlock, cellIndex, wrap } from '../../../../services/world/cells/cell-block.ts';
import { topologies } from '../../../support/topologies.ts';

/** Cuts regions in two, as threads would want it: upper and lower, left and right in turn. */
const halves = (regions: readonly Region[]): Region[] =>
  regions.flatMap(({ x, y, width, height }, i) => {
    const half = i % 2 === 0 ? Math.floor(height / 2) : Math.floor(width / 3);
    return i % 2 === 0
      ? [
          { x, y, width, height: half },
          { x, y: y + half, width, height: height - half },
        ]
      : [
          { x, y, width: half, height },
          { x: x + half, y, width: width - half, height },
        ];
  });

/** A colour that says which cell of the world it is of; what is in the margin is of none. */
const colourOf = (x: number, y: number) => 1 + y * 1000 + x;

function blocksOf(t: Topology, backend: number, engine: ReferenceEngine): CellBlock[] {
  return halves(regionsOf(t, backend)).map((region) => {
    const block = engine.createBlock(extentOfRegion(t, region));
    for (let y = 0; y < block.height; y++) {
      for (let x = 0; x < block.width; x++) {
        const cell = cellIndex(block, x, y);
        block.colour[cell] = colourOf(block.x + x, block.y + y);
        block.lineage[cell] = colourOf(block.x + x, block.y + y);
      }
    }
    return block;
  });
}

test('all margins are filled right, when parcels have gone from peer to peer', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const backends = t.backends.map((_, index) => {
        const engine = new ReferenceEngine();
        const blocks = blocksOf(t, index, engine);
        return { engine, blocks, parcels: allocateHaloTurn(engine, blocks, haloPlan(t, index)) };
      });
      for (const { engine, parcels } of backends) engine.prepareCopies(parcels.packs)();
      backends.forEach(({ parcels }, own) => {
        for (const [peer, { message }] of parcels.incoming) {
          message.set(backends[peer]?.parcels.outgoing.get(own)?.message as Uint8Array);
        }
      });
      for (const { engine, blocks, parcels } of backends) {
        engine.prepareCopies(parcels.fills)();
        for (const block of blocks) {
          const { halo } = block;
          for (let y = -halo; y < block.height + halo; y++) {
            for (let x = -halo; x < block.width + halo; x++) {
              const expected = colourOf(wrap(block.x + x, t.width), wrap(block.y + y, t.height));
              const cell = cellIndex(block, x, y);
              const depth = Math.max(-x, -y, x + 1 - block.width, y + 1 - block.height);
              // A creature moves at most a cell a tick.
              const isNear = depth <= t.ticksPerExchange;
              const isRight =
                block.colour[cell] === expected && (!isNear || block.lineage[cell] === expected);
              if (isRight) continue;
              throw new Error(`cell (${x}, ${y}) of the block at (${block.x}, ${block.y})`);
            }
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('every cell of a parcel is packed once, and no copy is of no cells', () => {
  fc.assert(
    fc.property(topologies, (t) => {
      const engine = new ReferenceEngine();
      const blocks = blocksOf(t, 0, engine);
      const { packs, outgoing } = allocateHaloTurn(engine, blocks, haloPlan(t, 0));
      expect(packs.every(({ width, height }) => width > 0 && height > 0)).toBe(true);
      for (const raster of [...outgoing.values()].flatMap(({ rasters }) => rasters)) {
        const cells = packs
          .filter(({ target }) => target === raster)
          .map(({ width, height }) => width * height);
        expect(cells.reduce((sum, some) => sum + some, 0)).toBe(raster.width * raster.height);
      }
    }),
    { numRuns: 40 },
  );
});
