import { beforeEach, describe, expect, test } from 'vitest';
import { Discovery } from '../../../../services/coordinator/layout/discovery.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { PROTOCOL_VERSION } from '../../../../services/protocol/wire/registry-entry.ts';
import type { BackendStatus } from '../../../../services/protocol/wire/rpc.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { fakeRpc, idleStatus } from '../fixtures.ts';

const FENCE = { generation: 1, epoch: 1, topologyVersion: 0 };
const bootIdOf = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;

describe('discovery', () => {
  let registry: MemoryRegistry;
  let log: MemoryLog;
  let discovery: Discovery;
  let answers: Map<string, BackendStatus | Error>;
  let calls: ReturnType<typeof fakeRpc>['calls'];

  const register = (index: number, change: { id?: string; protocolVersion?: number } = {}) =>
    registry.put('backends', {
      id: `b${index}`,
      bootId: bootIdOf(index),
      address: `10.0.0.${index}`,
      rpcPort: 9_000,
      httpPort: 9_001,
      startedAt: '2026-01-01T00:00:00.000Z',
      version: '0.1.0',
      protocolVersion: PROTOCOL_VERSION,
      ...change,
    });
  const found = async () => (await discovery.discover(() => FENCE)).map(({ id }) => id);

  beforeEach(() => {
    registry = new MemoryRegistry();
    log = new MemoryLog();
    answers = new Map();
    const fake = fakeRpc(new VirtualClock(), ({ bootId }) => {
      const answer = answers.get(bootId) ?? idleStatus(0);
      if (answer instanceof Error) throw answer;
      return answer;
    });
    calls = fake.calls;
    discovery = new Discovery({ registry, rpc: fake.rpc, log });
  });

  test('finds no backend where none is registered', async () => {
    expect(await found()).toEqual([]);
  });

  test('finds the backends that answer, at their RPC address', async () => {
    await register(1);
    expect(await discovery.discover(() => FENCE)).toMatchObject([
      { id: 'b1', bootId: bootIdOf(1), origin: 'http://10.0.0.1:9000' },
    ]);
  });

  test('calls nobody where the lease is over once the registry has answered', async () => {
    await register(1);
    const isOver = () => {
      throw new Error('the term is over');
    };
    await expect(discovery.discover(isOver)).rejects.toThrow('the term is over');
    expect(calls).toEqual([]);
  });

  test('orders them by id, so that the same backends give the same topology', async () => {
    await register(3);
    await register(1);
    await register(2);
    expect(await found()).toEqual(['b1', 'b2', 'b3']);
  });

  test('orders those of one id by their boot ids', async () => {
    await register(2, { id: 'same' });
    await register(1, { id: 'same' });
    expect((await discovery.discover(() => FENCE)).map(({ bootId }) => bootId)).toEqual([
      bootIdOf(1),
      bootIdOf(2),
    ]);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    [
      'another protocol',
      `speaks protocol ${PROTOCOL_VERSION + 1}`,
      () => register(1, { protocolVersion: PROTOCOL_VERSION + 1 }),
    ],
    [
      'another engine',
      `runs engine version ${ENGINE_VERSION + 1}`,
      async () => {
        answers.set(bootIdOf(1), idleStatus(1, { engineVersion: ENGINE_VERSION + 1 }));
        await register(1);
      },
    ],
  ])('names in the log one that is left out for %s', async (_what, reason, arrange) => {
    await arrange();
    await found();
    expect(log.lines).toMatchObject([
      { message: 'a registered backend is left out', fields: { bootId: bootIdOf(1), reason } },
    ]);
  });

  test.each([
    ['does not answer', new TransportError('refused', 'connection refused')],
    ['is another process by now', new ColonyError('FOREIGN_BOOT_ID', 'it is another')],
    ['runs another engine', idleStatus(2, { engineVersion: ENGINE_VERSION + 1 })],
  ])('leaves out one that %s', async (_what, answer) => {
    await register(1);
    await register(2);
    answers.set(bootIdOf(2), answer);
    expect(await found()).toEqual(['b1']);
    expect(log.lines).toMatchObject([{ level: 'info', fields: { bootId: bootIdOf(2) } }]);
  });

  test('leaves out one that speaks another protocol', async () => {
    await register(1, { protocolVersion: PROTOCOL_VERSION + 1 });
    expect(await found()).toEqual([]);
  });

  test('says once why one is left out, and again when the reason changes', async () => {
    await register(1);
    answers.set(bootIdOf(1), new TransportError('refused', 'connection refused'));
    await found();
    await found();
    answers.set(bootIdOf(1), new ColonyError('FOREIGN_BOOT_ID', 'it is another'));
    await found();
    expect(log.lines.map(({ fields }) => fields['reason'])).toEqual([
      'its process is gone: connection refused',
      'its process is gone, and another one has its address: it is another',
    ]);
  });

  test('takes up again one that answers again', async () => {
    await register(1);
    answers.set(bootIdOf(1), new TransportError('refused', 'connection refused'));
    await found();
    answers.delete(bootIdOf(1));
    expect(await found()).toEqual(['b1']);
  });

  test('never calls an entry that must not be called, and says why', async () => {
    const { rpc, calls } = fakeRpc(new VirtualClock(), () => idleStatus(0));
    const entryProblem = ({ address }: { address: string }) =>
      address === '10.0.0.2' ? 'its address is wrong' : undefined;
    discovery = new Discovery({ registry, rpc, log, entryProblem });
    await register(1);
    await register(2);
    expect(await found()).toEqual(['b1']);
    expect(calls.map(({ origin }) => origin)).toEqual(['http://10.0.0.1:9000']);
    expect(log.lines).toMatchObject([{ fields: { reason: 'its address is wrong' } }]);
  });
});
