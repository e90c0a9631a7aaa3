import { Hono } from 'hono';
import { RpcClient } from '../../../../services/platform/rpc/rpc-client.ts';
import {
  type RpcServerOptions,
  rpcHandler,
  rpcMethod,
} from '../../../../services/platform/rpc/rpc-server.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { Fence } from '../../../../services/protocol/wire/fence.ts';
import { type BackendStatus, rpcPath } from '../../../../services/protocol/wire/rpc.ts';
import { ReplayGuard, signCall } from '../../../../services/protocol/wire/rpc-auth.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryNetwork } from '../../../simulation/network/memory-network.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { NO_LOAD } from '../../../support/no-load.ts';

export const SECRET = 'a-secret-of-this-colony';
export const BYTES_PATH = '/rpc/bytes';
export const PING = rpcPath('ping');
export type Sign = ReturnType<typeof setUp>['sign'];
export const ORIGIN = 'http://10.0.0.2:9001';
export const target = { origin: ORIGIN, bootId: 'backend-1' };
export const fence: Fence = { generation: 3, epoch: 2, topologyVersion: 1 };

export const status = (seen: Fence): BackendStatus => ({
  bootId: 'backend-1',
  engineVersion: 1,
  pid: 1,
  state: 'Idle',
  draining: false,
  fence: seen,
  waitingFor: [],
  load: NO_LOAD,
});

/** A backend with some methods, a client that may speak to it, and a way to send anything. */
export function setUp({ clientSecret = SECRET, bootId = 'backend-1' } = {}) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const log = new MemoryLog();
  const options: RpcServerOptions = { secret: SECRET, bootId, guard: new ReplayGuard(), log };
  const bodies: Uint8Array[] = [];
  const app = new Hono()
    .post(
      rpcPath('ping'),
      rpcMethod(options, 'ping', (call) => status(call.fence)),
    )
    .post(
      rpcPath('startTicking'),
      rpcMethod(options, 'startTicking', () => {
        throw new ColonyError('STALE_FENCE', 'seen 4.0.0', { extra: { seen: '4.0.0' } });
      }),
    )
    .post(
      rpcPath('releaseColony'),
      rpcMethod(options, 'releaseColony', () => {
        throw new TypeError('a bug');
      }),
    )
    .post(
      rpcPath('pullHalo'),
      rpcMethod(options, 'pullHalo', (_call, { tick }) => new Uint8Array(tick)),
    )
    .post(
      rpcPath('heartbeat'),
      // A reply of another version of the protocol.
      rpcHandler(options, 1000, () => ({ json: { status: 'fine' } })),
    )
    .post(
      BYTES_PATH,
      rpcHandler(options, 100, (_call, body) => {
        bodies.push(body);
        return { bytes: body };
      }),
    );
  network.attach(ORIGIN, app);
  const transport = network.transportOf('http://10.0.0.1');
  const client = new RpcClient({ transport, secret: clientSecret, selfBootId: 'coordinator-1' });
  const post = (path: string, body: Uint8Array, headers: Record<string, string>) =>
    app.request(path, { method: 'POST', body: body as Uint8Array<ArrayBuffer>, headers });
  const sign = (path: string, body: Uint8Array, sequence = 1_000, targetBootId = bootId) =>
    signCall(SECRET, { senderBootId: 'other', targetBootId, sequence, fence }, 'POST', path, body);
  return { clock, network, log, client, bodies, app, post, sign };
}

export const bytes = (text: string) => new TextEncoder().encode(text);
export const codeOf = async (response: Response) =>
  ((await response.json()) as { code: string }).code;
