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
/** The addresses that were asked. */
let asked: string[];
let log: MemoryLog;
let clock: VirtualClock;
let watch: CoordinatorWatch;
beforeEach(() => {
  registry = new MemoryRegistry();
  [healths, asked] = [{}, []];
  log = new MemoryLog();
  clock = new VirtualClock();
  const getJson = async (url: string) => {
    asked.push(url);
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

  test('asks the one first that is entered as the leader, and each of the others once', async () => {
    for (const n of [1, 2, 3]) await registry.put('coordinators', entry(n));
    await registry.putLeader(entry(2));
    await watch.look();
    expect(asked).toEqual([2, 1, 3].map((n) => `http://127.0.0.1:900${n}/healthz`));
  });

  test('tells whom it found when that is another, or leads no more, and else nothing', async () => {
    await registry.put('coordinators', entry(1));
    const [url, origin] = ['http://127.0.0.1:9001/healthz', 'http://127.0.0.1:9001'];
    const seen = [
      { id: 'c1', leads: false },
      { id: 'c1', leads: true },
      { id: 'another', leads: true },
    ];
    for (const health of seen) {
      healths[url] = health;
      await watch.look();
      await watch.look();
    }
    const told = log.lines.filter(({ level }) => level === 'info');
    expect(told.map(({ fields }) => fields)).toEqual(seen.map((health) => ({ ...health, origin })));
  });

  test('notes whom it asked in vain, and that the registry does not answer, and looks on', async () => {
    await registry.put('coordinators', entry(1));
    const list = registry.list.bind(registry);
    const failure = new Error('throttled');
    registry.list = () => Promise.reject(failure);
    const end = new AbortController();
    const running = watch.run(end.signal);
    await clock.advance(2_000);
    registry.list = list;
    await clock.advance(2_000);
    healths['http://127.0.0.1:9001/healthz'] = { id: 'c1', leads: true };
    await clock.advance(3_000);
    end.abort();
    await running;
    expect(watch.sighting?.id).toBe('c1');
    expect(log.lines.filter(({ level }) => level === 'debug')).toEqual([
      { level: 'debug', message: 'The registry does not answer.', fields: { err: failure } },
      {
        level: 'debug',
        message: 'A registered coordinator does not answer.',
        fields: { origin: 'http://127.0.0.1:9001', err: expect.any(Error) },
      },
    ]);
  });
});
