import { beforeEach, describe, expect, test } from 'vitest';
import type { PartPlan } from '../../../../services/backend/checkpoints/checkpoint-writer.ts';
import {
  type FromThread,
  packingOf,
  WriterThread,
} from '../../../../services/backend/checkpoints/writer-thread.ts';
import { createCompression } from '../../../../services/platform/snapshots/compression.ts';
import { parcelBytes } from '../../../../services/world/cells/cell-parcel.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const slot = { width: 16, height: 16 };
const planOf = (tick: number): PartPlan => ({
  ...{ colonyName: 'test', colonyInstanceId: 'instance', bootId: 'boot' },
  attempt: { tick, epoch: 1, topologyVersion: 1 },
  world: { width: 64, height: 64, shardSize: 16 },
  objectBytes: 1,
});

let clock: VirtualClock;
/** Answers the writes that hang. */
let answers: (() => void)[];
let isHanging: boolean;
let told: FromThread[];
let thread: WriterThread;

beforeEach(() => {
  clock = new VirtualClock();
  answers = [];
  isHanging = true;
  told = [];
  const memory = new MemorySnapshotStore(() => 0);
  const store = {
    putIfAbsent: async (key: string, bytes: Uint8Array) => {
      if (isHanging) await new Promise<void>((resolve) => answers.push(resolve));
      return memory.putIfAbsent(key, bytes);
    },
    getRange: memory.getRange.bind(memory),
  };
  thread = new WriterThread(
    {
      ...{ packing: packingOf(undefined), compression: createCompression(), store },
      yieldToIo: () => clock.yieldToIo(),
    },
    (news) => void told.push(news),
  );
});

/** Has a part of one band written; answers what the thread tells of it but for its progress. */
async function write(part: number): Promise<readonly FromThread[]> {
  const staged = [{ band: { shard: part, firstRow: 0, rows: 16 }, slot: 0 }];
  const cells = new Uint8Array(parcelBytes([slot]));
  thread.hear({ kind: 'begin', part, plan: planOf(part) });
  thread.hear({ kind: 'take', part, staged, cells, ...slot, slots: 1 });
  thread.hear({ kind: 'finish', part });
  await clock.advance(0);
  return toldOf(part);
}
const toldOf = (part: number) =>
  told.filter((news) => news.part === part && news.kind !== 'progress');

test('a part is taken, then finished', async () => {
  isHanging = false;
  expect(await write(0)).toMatchObject([
    { kind: 'taken' },
    { kind: 'finished', objects: [{ shardsFrom: 0, shardsTo: 0 }] },
  ]);
});

describe('a store that does not answer', () => {
  const giveUp = async (part: number) => {
    thread.hear({ kind: 'abandon', part });
    await clock.advance(0);
  };

  test('keeps no part from being given up', async () => {
    expect(await write(0)).toEqual([{ kind: 'taken', part: 0 }]);
    await giveUp(0);
    expect(toldOf(0).at(-1)).toEqual({ kind: 'failed', part: 0, message: 'it is given up' });
  });

  test('is not asked to take more than two objects that nobody waits for: the reason is clear', async () => {
    for (const part of [0, 1]) {
      await write(part);
      await giveUp(part);
    }
    expect(await write(2)).toEqual([
      {
        kind: 'failed',
        part: 2,
        message:
          '2 objects of earlier checkpoints are still being stored: the store does not answer',
      },
    ]);
    expect(answers).toHaveLength(2);
  });

  test('is asked again once it has answered', async () => {
    for (const part of [0, 1]) {
      await write(part);
      await giveUp(part);
    }
    isHanging = false;
    answers[0]?.();
    await clock.advance(0);
    expect((await write(2)).at(-1)).toMatchObject({ kind: 'finished' });
  });
});
