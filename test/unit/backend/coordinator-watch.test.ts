import { beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorWatch } from '../../../services/backend/coordinator-watch.ts';
import type { RegistryEntry } from '../../../services/protocol/wire/registry-entry.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { MemoryRegistry } from '../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

const entry = (n: number): RegistryEntry => ({
  id: `c${n}`,
  bootId: `00000000-0000-4000-8000-00000000000${n}`,
  address: '127.0.0.1',
  rpcPort: 8000 + n,
  httpPort: 9000 + n,
  startedAt: '2026-01-01T00:00:00.000Z',
  version: '0.1.0',
  protocolVersion: 1,
});

let registry: MemoryRegistry;
let healths: Record<string, unknown>;
let log: MemoryLog;
let clock: VirtualClock;
let watch: CoordinatorWatch;
beforeEach(() => {
  registry = new MemoryRegistry();
  healths = {};
  log = new MemoryLog();
  clock = new VirtualClock();
  const getJson = async (url: string) => {
    if (url in healths) return healths[url];
    throw new Error(`${url}: connection refused`);
  };
  watch = new CoordinatorWatch({ registry, getJson, clock, log });
});

describe('CoordinatorWatch', () => {
  test('shows the one that leads, not the first', async () => {
    for (const n of [1, 2]) await registry.put('coordinators', entry(n));
    healths['http://127.0.0.1:9001/healthz'] = { id: 'c1', leads: false };
    healths['http://127.0.0.1:9002/healthz'] = { id: 'c2', leads: true };
    await watch.look();
    expect(watch.sighting).toEqual({ id: 'c2', origin: 'http://127.0.0.1:9002', leads: true });
  });

  test('shows one that answers but does not lead as such', async () => {
    await registry.put('coordinators', entry(1));
    healths['http://127.0.0.1:9001/healthz'] = { id: 'c1', leads: false };
    await watch.look();
    expect(watch.sighting?.leads).toBe(false);
  });

  test('an entry is only a hint: one that does not answer, or not like one, is not shown', async () => {
    await registry.putLeader(entry(1));
    await registry.put('coordinators', entry(2));
    healths['http://127.0.0.1:9002/healthz'] = 'hello';
    await watch.look();
    expect(watch.sighting).toBeUndefined();
    expect(log.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('looks every few seconds until one is found, and notices when it is gone', async () => {
    const end = new AbortController();
    const running = watch.run(end.signal);
    await clock.advance(10_000);
    expect(watch.sighting).toBeUndefined();
    await registry.putLeader(entry(1));
    healths['http://127.0.0.1:9001/healthz'] = { id: 'c1', leads: true };
    await clock.advance(3_000);
    expect(watch.sighting?.id).toBe('c1');
    healths = {};
    await clock.advance(15_000);
    expect(watch.sighting).toBeUndefined();
    end.abort();
    await running;
    expect(log.messages('info')).toEqual(['Found a coordinator.']);
  });

  test('asks the leader itself again, and the registry only when it leads no more', async () => {
    for (const n of [1, 2]) await registry.put('coordinators', entry(n));
    healths['http://127.0.0.1:9001/healthz'] = { id: 'c1', leads: true };
    await watch.look();
    const list = registry.list.bind(registry);
    let lists = 0;
    registry.list = (role) => {
      lists++;
      return list(role);
    };
    await watch.look();
    expect([watch.sighting?.id, lists]).toEqual(['c1', 0]);
    healths['http://127.0.0.1:9001/healthz'] = { id: 'c1', leads: false };
    healths['http://127.0.0.1:9002/healthz'] = { id: 'c2', leads: true };
    await watch.look();
    expect([watch.sighting?.id, lists]).toEqual(['c2', 1]);
  });
});
