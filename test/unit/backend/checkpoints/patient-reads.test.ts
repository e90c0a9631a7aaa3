import { beforeEach, describe, expect, test } from 'vitest';
import { PatientReads } from '../../../../services/backend/checkpoints/patient-reads.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const READ_MAX_MS = 45_000;

let clock: VirtualClock;
let memory: MemorySnapshotStore;
/** Answers the reads that hang. */
let answers: (() => void)[];
let isHanging: boolean;
let reads: PatientReads;
let ending: AbortController;

beforeEach(async () => {
  clock = new VirtualClock();
  memory = new MemorySnapshotStore(() => 0);
  await memory.putIfAbsent('a', new Uint8Array([1, 2, 3]));
  answers = [];
  isHanging = false;
  const perhaps = async () => {
    if (isHanging) await new Promise<void>((resolve) => answers.push(resolve));
  };
  const store = {
    get: async (key: string, maxBytes: number) => {
      await perhaps();
      return memory.get(key, maxBytes);
    },
    getRange: async (key: string, offset: number, lengthBytes: number) => {
      await perhaps();
      return memory.getRange(key, offset, lengthBytes);
    },
  };
  reads = new PatientReads({ store, clock });
  ending = new AbortController();
});

/** What a read of `a` comes to, `pending` before. */
function get(signal = ending.signal): { outcome: unknown } {
  const seen: { outcome: unknown } = { outcome: 'pending' };
  const take = (outcome: unknown) => {
    seen.outcome = outcome;
  };
  reads.until(signal).get('a', 10).then(take, take);
  return seen;
}

test('a read that is answered is what the store answers', async () => {
  expect(await reads.until(ending.signal).get('a', 10)).toEqual(new Uint8Array([1, 2, 3]));
  expect(await reads.until(ending.signal).getRange('a', 1, 2)).toEqual(new Uint8Array([2, 3]));
  expect(await reads.until(ending.signal).get('b', 10)).toBeUndefined();
  expect(clock.pendingTimers).toBe(0);
});

test('a read that fails names its object', async () => {
  memory.get = async () => {
    throw new ColonyError('STORE_UNAVAILABLE', 'EIO: i/o error, read');
  };
  await expect(reads.until(ending.signal).get('a', 10)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the object a does not come: EIO: i/o error, read',
    extra: { key: 'a' },
  });
});

test('a read that says something of the object says the same', async () => {
  await expect(reads.until(ending.signal).getRange('a', 1, 9)).rejects.toThrow(
    /^the object a ends before/,
  );
});

describe('a read that hangs', () => {
  beforeEach(() => {
    isHanging = true;
  });

  test('fails after a while', async () => {
    const read = get();
    await clock.advance(READ_MAX_MS - 1);
    expect(read.outcome).toBe('pending');
    await clock.advance(1);
    expect(read.outcome).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the object a does not come: no answer within 45000 ms',
      extra: { key: 'a' },
    });
  });

  test('ends at once where it is not wanted any more', async () => {
    const read = get();
    const reason = new Error('another topology has come');
    ending.abort(reason);
    await clock.advance(0);
    expect(read.outcome).toBe(reason);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is one of eight at most: further ones are refused, until it is answered', async () => {
    for (let i = 0; i < 8; i++) get();
    ending.abort();
    const another = new AbortController().signal;
    const refused = get(another);
    await clock.advance(0);
    expect(refused.outcome).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the object a does not come: 8 earlier calls have not been answered',
    });
    isHanging = false;
    answers.pop()?.();
    await clock.advance(0);
    const read = get(another);
    await clock.advance(0);
    expect(read.outcome).toEqual(new Uint8Array([1, 2, 3]));
  });
});
