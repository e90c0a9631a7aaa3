import { describe, expect, test } from 'vitest';
import {
  lookAtBackend,
  lookAtCoordinator,
} from '../../../../services/coordinator/chores/entry-probe.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';
import { fakeRpc, idleStatus } from '../fixtures.ts';

const FENCE = { generation: 2, epoch: 3, topologyVersion: 4 };

describe('a look at a backend', () => {
  const look = (answer: () => unknown) =>
    lookAtBackend(fakeRpc(new VirtualClock(), answer).rpc, entryOf(1), FENCE);
  const failing = (error: Error) =>
    look(() => {
      throw error;
    });

  test('is a ping under its boot id and the fence of the leader', async () => {
    const { rpc, calls } = fakeRpc(new VirtualClock(), () => idleStatus(1));
    expect(await lookAtBackend(rpc, entryOf(1), FENCE)).toBe('alive');
    expect(calls).toMatchObject([
      {
        method: 'ping',
        bootId: entryOf(1).bootId,
        origin: 'http://127.0.0.1:9001',
        fence: FENCE,
      },
    ]);
  });

  test.each([
    ['refused', 'gone'],
    ['timeout', 'silent'],
    ['broken', 'silent'],
    ['failed', 'silent'],
  ] as const)('whose connection is %s shows it %s', async (reason, sight) => {
    expect(await failing(new TransportError(reason, 'no answer'))).toBe(sight);
  });

  test.each([
    ['FOREIGN_BOOT_ID', 'gone'],
    ['STALE_FENCE', 'alive'],
    ['RPC_UNAUTHENTICATED', 'silent'],
  ] as const)('that answers %s shows it %s', async (code, sight) => {
    expect(await failing(new ColonyError(code, 'no'))).toBe(sight);
  });

  test('that fails in any other way shows nothing certain', async () => {
    expect(await failing(new Error('a bug'))).toBe('silent');
  });
});

describe('a look at a coordinator', () => {
  const look = (answer: () => unknown) => lookAtCoordinator(async () => answer(), entryOf(1));

  test('asks for its health at its HTTP address', async () => {
    const urls: string[] = [];
    const getJson = async (url: string) => {
      urls.push(url);
      return { status: 'ok', id: 'process-1' };
    };
    expect(await lookAtCoordinator(getJson, entryOf(1))).toBe('alive');
    expect(urls).toEqual(['http://127.0.0.1:9501/healthz']);
  });

  test('shows it gone when another one serves there', async () => {
    expect(await look(() => ({ id: 'process-2' }))).toBe('gone');
  });

  test('shows it gone when nothing listens there', async () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    expect(
      await look(() => {
        throw refused;
      }),
    ).toBe('gone');
  });

  test.each([undefined, 'hello', { name: 'x' }])(
    'that answers %j shows nothing certain',
    async (answer) => {
      expect(await look(() => answer)).toBe('silent');
    },
  );

  test('that fails in any other way shows nothing certain', async () => {
    expect(
      await look(() => {
        throw new Error('timeout');
      }),
    ).toBe('silent');
  });
});
