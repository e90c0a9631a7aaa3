import { beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorList } from '../../../../services/coordinator/watching/coordinator-list.ts';
import {
  PROTOCOL_VERSION,
  type RegistryEntry,
} from '../../../../services/protocol/wire/registry-entry.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const entry = (id: number): RegistryEntry => ({
  id: `coordinator-${id}`,
  bootId: `00000000-0000-4000-8000-00000000000${id}`,
  address: `10.0.0.${id}`,
  rpcPort: 8083,
  httpPort: 8083,
  startedAt: '2026-01-01T00:00:00.000Z',
  version: '0.0.0-test',
  protocolVersion: PROTOCOL_VERSION,
});

let clock: VirtualClock;
let log: MemoryLog;
let list: CoordinatorList;
/** What stands in the registry. */
let standing: RegistryEntry[];
/** How often it was read. */
let reads: number;
/** What a reading takes. */
let readingMs: number;
let failure: Error | undefined;
beforeEach(() => {
  [clock, log, standing] = [new VirtualClock(), new MemoryLog(), [entry(1)]];
  [reads, readingMs, failure] = [0, 0, undefined];
  const registry = {
    async list() {
      reads++;
      if (readingMs > 0) await clock.sleep(readingMs);
      if (failure !== undefined) throw failure;
      return standing;
    },
  };
  list = new CoordinatorList({ registry, clock, log });
});

const ids = async () => (await list.entries()).map(({ id }) => id);

describe('the list of coordinators', () => {
  test('has one for each address: what was killed and came back there is not counted twice', async () => {
    const before = entry(1);
    const after = { ...entry(3), address: before.address, startedAt: '2026-01-01T00:00:09.000Z' };
    standing = [after, before, entry(2)];
    expect(await ids()).toEqual(['coordinator-3', 'coordinator-2']);
  });

  test('has all of one address that have ports of their own', async () => {
    standing = [entry(1), { ...entry(2), address: entry(1).address, httpPort: 8084 }];
    expect(await ids()).toEqual(['coordinator-1', 'coordinator-2']);
  });

  test('is not read again while it is fresh', async () => {
    for (let i = 0; i < 3; i++) expect(await ids()).toEqual(['coordinator-1']);
    await clock.advance(1_900);
    await ids();
    expect(reads).toBe(1);
  });

  test('is shown as it was while it is read again, once', async () => {
    await ids();
    standing = [entry(1), entry(2)];
    readingMs = 500;
    await clock.advance(2_000);
    for (let i = 0; i < 3; i++) expect(await ids()).toEqual(['coordinator-1']);
    await clock.advance(500);
    expect(await ids()).toEqual(['coordinator-1', 'coordinator-2']);
    expect(reads).toBe(2);
  });

  test('is not shown when it is old', async () => {
    await ids();
    standing = [entry(2)];
    await clock.advance(10_000);
    expect(await ids()).toEqual(['coordinator-2']);
  });

  test('is what it was where it cannot be read, with a warning', async () => {
    await ids();
    failure = new Error('no answer');
    await clock.advance(60_000);
    expect(await ids()).toEqual(['coordinator-1']);
    expect(log.messages('warn')).toEqual(['the coordinators could not be listed']);
    failure = undefined;
    standing = [entry(3)];
    expect(await ids()).toEqual(['coordinator-3']);
  });

  test('is waited for, but not for ever', async () => {
    readingMs = 3_600_000;
    const first = ids();
    await clock.advance(2_000);
    expect(await first).toEqual([]);
    await clock.advance(10_000);
    readingMs = 0;
    expect(await ids()).toEqual(['coordinator-1']);
    expect(reads).toBe(2);
  });

  test('is empty where it never could be read', async () => {
    failure = new Error('no answer');
    expect(await ids()).toEqual([]);
  });
});
