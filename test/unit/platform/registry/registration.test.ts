import { expect, test } from 'vitest';
import { LastContact } from '../../../../services/platform/process/last-contact.ts';
import {
  keepRegistered,
  REASSERT_EVERY_MS,
} from '../../../../services/platform/registry/registration.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';

const setUp = (registry = new MemoryRegistry()) => {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const stop = new AbortController();
  const contact = new LastContact(clock);
  const parts = { clock, randomness: new SeededRandomness(1), log, contact };
  const done = keepRegistered(registry, 'backends', entryOf(1), parts, stop.signal);
  return { registry, clock, log, stop, done, contact };
};

test('a process is registered at once and taken out when it stops', async () => {
  const { registry, clock, stop, done } = setUp();
  await clock.advance(0);
  expect(await registry.list('backends')).toEqual([entryOf(1)]);
  stop.abort();
  await done;
  expect(await registry.list('backends')).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});

test('an entry that somebody removed is there again within 30 s', async () => {
  const { registry, clock, stop, done } = setUp();
  await clock.advance(1_000);
  await registry.remove('backends', entryOf(1).bootId);
  await clock.advance(REASSERT_EVERY_MS);
  expect(await registry.list('backends')).toEqual([entryOf(1)]);
  stop.abort();
  await done;
});

test('an entry that is there is not written again', async () => {
  let puts = 0;
  class Counting extends MemoryRegistry {
    override async put(...args: Parameters<MemoryRegistry['put']>) {
      puts++;
      return super.put(...args);
    }
  }
  const { clock, stop, done } = setUp(new Counting());
  await clock.advance(10 * REASSERT_EVERY_MS);
  expect(puts).toBe(1);
  stop.abort();
  await done;
});

test('a registry that does not answer is tried again and ends nothing', async () => {
  let broken = true;
  class Failing extends MemoryRegistry {
    override async put(...args: Parameters<MemoryRegistry['put']>) {
      if (broken) throw new Error('throttled');
      return super.put(...args);
    }
  }
  const { registry, clock, log, stop, done } = setUp(new Failing());
  await clock.advance(1_000);
  expect(log.messages('warn')).toEqual(['The registry does not answer; trying again.']);
  broken = false;
  await clock.advance(REASSERT_EVERY_MS);
  expect(await registry.list('backends')).toEqual([entryOf(1)]);
  stop.abort();
  await done;
});

class Refusing extends MemoryRegistry {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  override async put(): Promise<void> {
    throw Object.assign(new Error('no'), { name: this.#name });
  }
}

test('only a registry that took the entry counts as reached', async () => {
  const { clock, stop, done, contact } = setUp();
  expect(contact.silentMs).toBeUndefined();
  await clock.advance(0);
  expect(contact.silentMs).toBe(0);
  stop.abort();
  await done;
});

test.each([
  ['AccessDeniedException', undefined],
  ['ThrottlingException', 0],
])('of one that answers %s it was %s ms ago', async (name, silentMs) => {
  const { clock, stop, done, contact } = setUp(new Refusing(name));
  await clock.advance(0);
  expect(contact.silentMs).toBe(silentMs);
  stop.abort();
  await done;
});
