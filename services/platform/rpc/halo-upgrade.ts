import { randomBytes } from 'node:crypto';
import { ColonyError, PROBLEM_CONTENT_TYPE, problemOf } from '../../protocol/common/errors.ts';
import {
  HALO_PATH,
  HALO_PROTOCOL,
  haloKey,
  NONCE_BYTES,
  signWelcome,
  verifyHello,
} from '../../protocol/wire/halo-handshake.ts';
import { type Call, signAnswer } from '../../protocol/wire/rpc-auth.ts';
import type { ByteStream, UpgradeAnswer, UpgradeHandler } from './byte-stream.ts';
import { assertMeantForUs } from './call-receiver.ts';
import { asColonyError, type RpcServerOptions } from './rpc-server.ts';

export interface StreamServerOptions extends RpcServerOptions {
  /** Throws HOST_NOT_ALLOWED. @default any host is served */
  checkHost?: (host: string) => void;
}

export interface HaloUpgrade {
  /** Records an authentic call; what it throws refuses the stream. */
  admit: (call: Call) => void;
  /** Called with each stream that is opened. */
  accept: (call: Call, stream: ByteStream, key: Uint8Array) => void;
}

/**
 * The neighbour's side of the handshake (halo-handshake.ts). Like `rpcHandler`, it leaves a refusal
 * unsigned unless the request's signature is valid.
 */
export function haloUpgradeHandler(
  options: StreamServerOptions,
  { admit, accept }: HaloUpgrade,
): UpgradeHandler {
  const { secret, log, checkHost } = options;
  return ({ path, protocol, header }): UpgradeAnswer => {
    let helloMac: string | undefined;
    try {
      checkHost?.(header('host') ?? '');
      if (path !== HALO_PATH || protocol !== HALO_PROTOCOL) {
        throw new ColonyError('NOT_FOUND', `there is no ${path} that speaks ${protocol}`);
      }
      const { call, mac } = verifyHello(secret, header);
      helloMac = mac;
      assertMeantForUs(options, call);
      admit(call);
      const nonce = randomBytes(NONCE_BYTES);
      const key = haloKey(secret, mac, nonce);
      const upgrade = { connection: 'Upgrade', upgrade: HALO_PROTOCOL };
      return {
        status: 101,
        headers: { ...upgrade, ...signWelcome(secret, mac, nonce) },
        run: (stream) => accept(call, stream, key),
      };
    } catch (error) {
      const problem = problemOf(asColonyError(error, { method: 'UPGRADE', path }, log));
      const body = new TextEncoder().encode(JSON.stringify(problem));
      const signed =
        helloMac === undefined ? {} : signAnswer(secret, helloMac, problem.status, body);
      return {
        status: problem.status,
        headers: { ...signed, 'content-type': PROBLEM_CONTENT_TYPE },
        body,
      };
    }
  };
}
