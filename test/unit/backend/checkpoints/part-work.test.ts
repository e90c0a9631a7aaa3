import { beforeEach, describe, expect, test } from 'vitest';
import type { PartPlan } from '../../../../services/backend/checkpoints/checkpoint-writer.ts';
import { PartWork } from '../../../../services/backend/checkpoints/part-work.ts';
import { createCompression } from '../../../../services/platform/snapshots/compression.ts';
import { PART_HEADER_BYTES } from '../../../../services/protocol/checkpoint/part-object.ts';
import { createCellBlock } from '../../../../services/world/cells/cell-block.ts';
import { packCells, unpackCells } from '../../../../services/world/cells/packed-cells.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';

const plan: PartPlan = {
  ...{ colonyName: 'test', colonyInstanceId: 'instance', bootId: 'boot' },
  attempt: { tick: 7, epoch: 2, topologyVersion: 3 },
  world: { width: 64, height: 64, shardSize: 16 },
  objectBytes: 1,
};
const FOLDER = 'checkpoints/test/instance/0000000007/2-3/boot/';
const packing = { pack: packCells, unpack: unpackCells };
const slot = createCellBlock({
  ...{ x: 0, y: 0, width: 16, height: 16, halo: 0, worldWidth: 64, worldHeight: 64 },
});
const band = (shard: number) => ({ band: { shard, firstRow: 0, rows: 16 }, slot: 0 });

let memory: MemorySnapshotStore;
let progress: number;
beforeEach(() => {
  memory = new MemorySnapshotStore();
  progress = 0;
});

function work(
  change: Partial<MemorySnapshotStore> = {},
  { signal = new AbortController().signal, objectBytes = 1 } = {},
): PartWork {
  const store = {
    putIfAbsent: memory.putIfAbsent.bind(memory),
    getRange: memory.getRange.bind(memory),
    ...change,
  };
  const onProgress = () => {
    progress++;
  };
  const compression = createCompression();
  const tools = { packing, compression, store, onProgress, yieldToIo: async () => {} };
  return new PartWork({ ...plan, objectBytes }, tools, signal);
}

describe('a part', () => {
  test('is divided into objects, each closed when it is large enough', async () => {
    const part = work();
    await part.take([band(0), band(1)], [slot]);
    await part.take([band(2)], [slot]);
    const objects = await part.finish();
    expect(objects.map(({ shardsFrom, shardsTo }) => [shardsFrom, shardsTo])).toEqual([
      ...[0, 1, 2].map((shard) => [shard, shard]),
    ]);
    const stored = await memory.list('');
    expect(stored.map(({ key }) => key)).toEqual([`${FOLDER}0`, `${FOLDER}1`, `${FOLDER}2`]);
    expect(stored.map(({ sizeBytes }) => sizeBytes)).toEqual(
      objects.map(({ sizeBytes }) => sizeBytes),
    );
    // A band each, and an object each.
    expect(progress).toBe(6);
  });

  test('is one object where it is small', async () => {
    const part = work({}, { objectBytes: 2 ** 20 });
    await part.take([band(0), band(3), band(9)], [slot]);
    expect(await part.finish()).toMatchObject([{ shardsFrom: 0, shardsTo: 9 }]);
  });

  test('is encoded on while an object is stored, but no further than to the end of the next one', async () => {
    const gates: (() => void)[] = [];
    const putIfAbsent = (key: string, bytes: Uint8Array) =>
      new Promise<boolean>((resolve) => {
        gates.push(() => resolve(memory.putIfAbsent(key, bytes)));
      });
    const part = work({ putIfAbsent });
    let isTaken = false;
    const taking = part.take([0, 1, 2].map(band), [slot]).then(() => {
      isTaken = true;
    });
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    await settle();
    expect([progress, gates.length, isTaken]).toEqual([2, 1, false]);
    gates[0]?.();
    await settle();
    expect([progress, gates.length, isTaken]).toEqual([4, 2, false]);
    gates[1]?.();
    await taking;
    const finishing = part.finish();
    gates[2]?.();
    expect(await finishing).toHaveLength(3);
  });

  test('that was stored before by an attempt whose answer was lost is whole', async () => {
    const first = work();
    await first.take([band(0)], [slot]);
    const [object] = await first.finish();
    const second = work();
    await second.take([band(0)], [slot]);
    expect(await second.finish()).toEqual([object]);
  });

  test('fails where another object is', async () => {
    await memory.putIfAbsent(`${FOLDER}0`, new Uint8Array(PART_HEADER_BYTES));
    const part = work();
    await part.take([band(0)], [slot]);
    await expect(part.finish()).rejects.toThrow(`there is another object at ${FOLDER}0`);
  });

  test('is over once it is aborted, even while the store hangs', async () => {
    const given = new AbortController();
    const part = work({ putIfAbsent: () => new Promise(() => {}) }, { signal: given.signal });
    const taking = part.take([band(0), band(1)], [slot]);
    given.abort(new Error('not wanted'));
    await expect(taking).rejects.toThrow('not wanted');
    await expect(part.finish()).rejects.toThrow('not wanted');
  });
});
