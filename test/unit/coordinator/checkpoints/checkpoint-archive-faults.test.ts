import { beforeEach, describe, expect, test } from 'vitest';
import {
  CheckpointArchive,
  type StoredManifest,
} from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import type { CheckpointPointer } from '../../../../services/protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { DIGEST, INSTANCE, manifestAt } from './checkpoint-fixture.ts';

const NONE: ReadonlySet<string> = new Set();

let snapshots: MemorySnapshotStore;
let digests: MemoryDigestLog;
let clock: VirtualClock;
let log: MemoryLog;
let archive: CheckpointArchive;

beforeEach(() => {
  snapshots = new MemorySnapshotStore(() => 0);
  digests = new MemoryDigestLog();
  clock = new VirtualClock();
  log = new MemoryLog();
  archive = new CheckpointArchive({ colonyName: 'test', snapshots, digests, clock, log });
});

describe('a manifest that does not come', () => {
  const EIO = new ColonyError('STORE_UNAVAILABLE', 'EIO: i/o error, read');
  let pointer: CheckpointPointer;
  let silent: Set<string>;
  /** Asks once a second, until it is answered or the time is over; answers the tick and when. */
  const ask = async (
    forMs: number,
  ): Promise<[tick: number | undefined, ms: number] | undefined> => {
    const fromMs = clock.nowMs();
    for (; clock.nowMs() - fromMs <= forMs; await clock.advance(1_000)) {
      const newest = await archive.newest(INSTANCE, pointer, NONE).catch((error: unknown) => {
        expect(error).toBe(EIO);
        return 'away' as const;
      });
      if (newest !== 'away') return [newest?.manifest.tick, clock.nowMs() - fromMs];
    }
    return undefined;
  };
  let keys: string[];
  beforeEach(async () => {
    const stored: StoredManifest[] = [];
    for (const tick of [100, 200, 300]) {
      const previous = stored.at(-1);
      stored.push(await archive.put(manifestAt(tick, previous && { previous })));
      await digests.append(INSTANCE, { tick, digest: DIGEST });
    }
    keys = stored.map(({ key }) => key);
    pointer = stored.at(-1)!.pointer;
    silent = new Set();
    const get = snapshots.get.bind(snapshots);
    snapshots.get = async (key, maxBytes) => {
      if (silent.has(key)) throw EIO;
      return get(key, maxBytes);
    };
  });

  test('for ten seconds, though others do, counts as lost, and is said', async () => {
    silent = new Set([keys[2]!]);
    expect(await ask(60_000)).toEqual([200, 10_000]);
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        message: 'a checkpoint cannot be used',
        fields: { tick: 300, reason: 'STORE_UNAVAILABLE: EIO: i/o error, read' },
      },
    ]);
  });

  test('counts as lost with the one before it, where that does not come either', async () => {
    silent = new Set([keys[2]!, keys[1]!]);
    expect(await ask(60_000)).toEqual([100, 10_000]);
  });

  test('does not while one before it has not failed for long', async () => {
    silent = new Set([keys[2]!]);
    expect(await ask(4_000)).toBeUndefined();
    silent = new Set([keys[2]!, keys[1]!]);
    expect(await ask(60_000)).toEqual([100, 10_000]);
  });

  test('is waited for as long as no other one comes: the store is away', async () => {
    silent = new Set(keys);
    expect(await ask(3_600_000)).toBeUndefined();
    silent = new Set();
    expect(await ask(0)).toEqual([300, 0]);
    expect(log.lines).toEqual([]);
  });

  test('is waited for while nothing can be listed', async () => {
    silent = new Set([keys[2]!]);
    snapshots.list = async () => {
      throw EIO;
    };
    expect(await ask(3_600_000)).toBeUndefined();
  });

  test('gets its time anew where the store was away meanwhile, or it came', async () => {
    silent = new Set([keys[2]!]);
    expect(await ask(9_000)).toBeUndefined();
    silent = new Set(keys);
    expect(await ask(0)).toBeUndefined();
    silent = new Set([keys[2]!]);
    expect(await ask(9_000)).toBeUndefined();
    silent = new Set();
    expect(await ask(0)).toEqual([300, 0]);
    silent = new Set([keys[2]!]);
    expect(await ask(60_000)).toEqual([200, 10_000]);
  });

  test('counts again as soon as it comes', async () => {
    silent = new Set([keys[2]!]);
    await ask(60_000);
    silent = new Set();
    expect(await ask(0)).toEqual([300, 0]);
  });
});
