import { beforeEach, describe, expect, test } from 'vitest';
import { PatientSnapshotStore } from '../../../../services/platform/snapshots/patient-snapshot-store.ts';
import type { SnapshotStore } from '../../../../services/platform/snapshots/snapshot-store.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const CALL_MAX_MS = 45_000;
const CALLS_MAX = 32;

/** Every call that there is, what its failure is called and of which key. */
const CALLS: [
  name: keyof SnapshotStore,
  call: (store: SnapshotStore) => Promise<unknown>,
  failure: string,
  key: string,
][] = [
  ['putIfAbsent', (s) => s.putIfAbsent('a/b', bytes), 'the object a/b cannot be stored', 'a/b'],
  ['get', (s) => s.get('a/b', 10), 'the object a/b does not come', 'a/b'],
  ['getRange', (s) => s.getRange('a/b', 1, 2), 'the object a/b does not come', 'a/b'],
  ['list', (s) => s.list('a/'), 'a/ cannot be listed', 'a/'],
  ['delete', (s) => s.delete('a/b'), 'the object a/b cannot be removed', 'a/b'],
];
const bytes = new Uint8Array([1, 2, 3]);

let clock: VirtualClock;
let memory: MemorySnapshotStore;
let store: PatientSnapshotStore;

beforeEach(() => {
  clock = new VirtualClock();
  memory = new MemorySnapshotStore(() => 0);
  store = new PatientSnapshotStore({ store: memory, clock });
});

test('a store that answers is as it is', async () => {
  expect(await store.putIfAbsent('a/b', bytes)).toBe(true);
  expect(await store.putIfAbsent('a/b', bytes)).toBe(false);
  expect(await store.get('a/b', 10)).toEqual(bytes);
  expect(await store.getRange('a/b', 1, 2)).toEqual(bytes.subarray(1));
  expect(await store.list('a/')).toEqual(await memory.list('a/'));
  await store.delete('a/b');
  expect(await memory.list('')).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});

describe.each(CALLS)('%s', (name, call, failure, key) => {
  /** What it comes to; undefined before. */
  const outcomeOf = () => {
    const seen: { outcome?: unknown } = {};
    call(store).then(
      (outcome) => Object.assign(seen, { outcome }),
      (outcome: unknown) => Object.assign(seen, { outcome }),
    );
    return seen;
  };

  test('fails after 45 s without an answer', async () => {
    Object.assign(memory, { [name]: () => new Promise(() => {}) });
    const seen = outcomeOf();
    await clock.advance(CALL_MAX_MS - 1);
    expect(seen).toEqual({});
    await clock.advance(1);
    expect(seen.outcome).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `${failure}: no answer within 45000 ms`,
      extra: { key },
    });
  });

  test('fails as the store does', async () => {
    Object.assign(memory, {
      [name]: async () => {
        throw new ColonyError('STORE_UNAVAILABLE', 'EIO');
      },
    });
    await expect(call(store)).rejects.toMatchObject({ message: `${failure}: EIO` });
    Object.assign(memory, {
      [name]: async () => {
        throw new TypeError('a bug');
      },
    });
    await expect(call(store)).rejects.toEqual(new TypeError('a bug'));
  });
});

test('calls that hang are few: further ones fail at once, until some are answered', async () => {
  const answers: (() => void)[] = [];
  const list = memory.list.bind(memory);
  memory.list = async (folder) => {
    await new Promise<void>((resolve) => answers.push(resolve));
    return list(folder);
  };
  for (let i = 0; i < CALLS_MAX; i++) store.list('').catch(() => {});
  await clock.advance(CALL_MAX_MS);
  await expect(store.get('a', 10)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the object a does not come: 32 earlier calls have not been answered',
  });
  answers.pop()?.();
  await clock.advance(0);
  expect(await store.get('a', 10)).toBeUndefined();
});
