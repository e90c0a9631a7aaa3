import { describe, expect, test } from 'vitest';
import { ShardSet, shardSetBytes } from '../../../services/backend/shard-set.ts';
import type { Engine } from '../../../services/kernel/engine.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { VirtualClock } from '../../../services/platform/virtual-clock.ts';
import { haloPlan, piecesBytes } from '../../../services/protocol/halo-plan.ts';
import { digestOf } from '../../../services/world/digest.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec.ts';
import { kernelModule } from '../../support/kernel.ts';
import { topologyOf } from './topology-fixture.ts';

/** Of eight rows of four shards backend 0 has five, of which three have no foreign neighbour. */
const owners = Array.from({ length: 32 }, (_, shard) => (shard < 20 ? 0 : 1));
const topology = topologyOf({ width: 64, height: 128, owners });
const BORDER = [0, 1, 2, 3, 16, 17, 18, 19];
const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 128, shardSize: 16 };

async function laid(of = topology, engine: Engine = new ReferenceEngine()): Promise<ShardSet> {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const shards = await ShardSet.allocate(of, 0, spec, { clock, engine, signal });
  await shards?.lay();
  return shards!;
}

const digestsOf = ({ shards }: ShardSet) => shards.map(({ block }) => digestOf(block));

describe('a step of shards', () => {
  test('begins at the border, and tells when all is done that neighbours need', async () => {
    const set = await laid();
    const pieces = haloPlan(topology, 0).outgoing.get(1) ?? [];
    const pack = set.preparePack(pieces);
    const packed = () => {
      const out = new Uint8Array(piecesBytes(pieces));
      pack(out, 0);
      return out;
    };
    const before = digestsOf(set);
    const early: { digests: bigint[]; cells: Uint8Array; tick: number }[] = [];
    await set.step(() => {
      early.push({ digests: digestsOf(set), cells: packed(), tick: set.tick });
    });
    const after = digestsOf(set);
    const expected = before.map((old, shard) => (BORDER.includes(shard) ? after[shard] : old));
    expect(early).toEqual([{ digests: expected, cells: packed(), tick: 0 }]);
  });

  test('counts as begun while it is under way', async () => {
    const set = await laid();
    const begun = [set.ticksBegun];
    await set.step(() => begun.push(set.ticksBegun));
    begun.push(set.ticksBegun);
    expect(begun).toEqual([0, 1, 1]);
  });

  test('tells nobody where there are no neighbours', async () => {
    const set = await laid(topologyOf({ width: 64, height: 128, owners: owners.map(() => 0) }));
    let isTold = false;
    await set.step(() => {
      isTold = true;
    });
    expect([set.tick, isTold]).toEqual([1, false]);
  });
});

test('the bytes of shards are those that the compiled kernel takes', async () => {
  const engine = new WasmEngine(kernelModule);
  await laid(topology, engine);
  const besides = engine.memory.usedBytes - shardSetBytes(topology, 0);
  expect(besides).toBeGreaterThan(0);
  // The scratch of a thread, and what is written down of copies.
  expect(besides).toBeLessThan(64 * 1024);
});
