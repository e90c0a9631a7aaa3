import { describe, expect, test } from 'vitest';
import { HaloOutbox } from '../../../services/backend/halo-outbox.ts';
import { ShardSet } from '../../../services/backend/shard-set.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { VirtualClock } from '../../../services/platform/virtual-clock.ts';
import { HALO_HEADER_BYTES, readHaloHeader } from '../../../services/protocol/halo-codec.ts';
import { haloPlan } from '../../../services/protocol/halo-plan.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec.ts';
import { topologyOf } from './topology-fixture.ts';

const topology = topologyOf({ width: 32, height: 16, owners: [0, 1] });
const spec = { ...DEFAULT_WORLD_SPEC, width: 32, height: 16, shardSize: 16 };

async function outboxAndShards(): Promise<[HaloOutbox, ShardSet]> {
  const shards = await ShardSet.allocate(topology, 0, spec, {
    clock: new VirtualClock(),
    engine: new ReferenceEngine(),
    signal: new AbortController().signal,
  });
  await shards?.lay();
  return [new HaloOutbox(topology, haloPlan(topology, 0), 0), shards!];
}

const idle = () => true;
const busy = () => false;

describe('HaloOutbox', () => {
  test('answers pulls for the two latest exchanges with what was pushed', async () => {
    const [outbox, shards] = await outboxAndShards();
    const pushed = [0, 1, 2].map((tick) => outbox.pack(tick, shards, busy).get(1)!);
    expect(outbox.find(1, 1)).toBe(pushed[1]);
    expect(outbox.find(1, 2)).toBe(pushed[2]);
    expect(() => outbox.find(1, 0)).toThrow(expect.objectContaining({ code: 'HALO_NOT_READY' }));
    expect(() => outbox.find(1, 3)).toThrow(expect.objectContaining({ code: 'HALO_NOT_READY' }));
  });

  test('writes over what a peer has for certain, header and all', async () => {
    const [outbox, shards] = await outboxAndShards();
    await shards.pack();
    const [first, second, third] = [0, 1, 2].map((tick) => outbox.pack(tick, shards, idle).get(1)!);
    expect(third).toBe(first);
    expect(second).not.toBe(first);
    await shards.step(1, () => undefined);
    const fourth = outbox.pack(3, shards, idle).get(1)!;
    expect(fourth).toBe(second);
    expect(fourth.subarray(HALO_HEADER_BYTES)).toEqual(shards.departing(1));
    expect(fourth.subarray(HALO_HEADER_BYTES)).not.toEqual(third!.subarray(HALO_HEADER_BYTES));
    expect(readHaloHeader(third!).tick).toBe(2);
    expect(readHaloHeader(fourth).tick).toBe(3);
  });

  test('does not write over what still waits to be sent, or was pulled', async () => {
    const [outbox, shards] = await outboxAndShards();
    const waiting = outbox.pack(0, shards, idle).get(1)!;
    outbox.pack(1, shards, idle);
    const pulled = outbox.find(1, 1);
    expect(outbox.pack(2, shards, busy).get(1)).not.toBe(waiting);
    expect(outbox.pack(3, shards, idle).get(1)).not.toBe(pulled);
    expect([waiting, pulled].map((message) => readHaloHeader(message).tick)).toEqual([0, 1]);
  });

  test('messages say whose they are', async () => {
    const [outbox, shards] = await outboxAndShards();
    expect(readHaloHeader(outbox.pack(4, shards, idle).get(1)!)).toEqual({
      generation: 1,
      topologyVersion: 1,
      tick: 4,
      senderIndex: 0,
    });
  });
});
