import { hkdfSync } from 'node:crypto';
import { type Call, signAnswer, signCall, verifyCall } from './rpc-auth.ts';

/**
 * How a backend subscribes to a neighbour's halos: an HTTP/1.1 upgrade on the port of the RPC, whose
 * request is signed like a call (rpc-auth.ts), with a nonce in place of a body, and so is its answer.
 *
 *     GET /rpc/halo, Upgrade: colony-halo/2      →
 *       colony-call, colony-nonce, colony-mac
 *                                                ←   101 Switching Protocols, Upgrade: colony-halo/2
 *                                                      colony-nonce, colony-mac
 *                                                ←   frames of halos (halo-frame.ts)
 *
 * Each side proves by its mac that it has the secret, over a nonce of its own; the neighbour's also
 * covers the subscriber's. The key of the frames hangs on both nonces and on the call, which names both
 * boot ids: nothing of one stream means anything on another, and a hello that is sent again leads to
 * a key that an eavesdropper does not have.
 */
export const HALO_PATH = '/rpc/halo';
export const HALO_PROTOCOL = 'colony-halo/2';
export const NONCE_HEADER = 'colony-nonce';
export const NONCE_BYTES = 32;

/** Signed as the method: no other call has this one. */
const METHOD = 'UPGRADE';
/** The version is signed too. */
const TARGET = `${HALO_PATH} ${HALO_PROTOCOL}`;
const KEY_BYTES = 32;

/** The headers that ask for a stream. */
export function signHello(secret: string, call: Call, nonce: Uint8Array): Record<string, string> {
  return {
    ...signCall(secret, call, METHOD, TARGET, nonce),
    [NONCE_HEADER]: Buffer.from(nonce).toString('hex'),
  };
}

/** Checks them; throws RPC_UNAUTHENTICATED. Replay, target and fence come after. */
export function verifyHello(secret: string, header: (name: string) => string | undefined): Call {
  const nonce = readNonce(header(NONCE_HEADER));
  return verifyCall(secret, header, METHOD, TARGET, nonce);
}

/** The headers of the answer to a good one, whose mac is given. */
export function signWelcome(
  secret: string,
  helloMac: string,
  nonce: Uint8Array,
): Record<string, string> {
  return {
    ...signAnswer(secret, helloMac, 101, nonce),
    [NONCE_HEADER]: Buffer.from(nonce).toString('hex'),
  };
}

/** Empty where it is not one: no signature is good for that. */
export function readNonce(text: string | undefined): Uint8Array {
  const isNonce = text !== undefined && /^[0-9a-f]{64}$/.test(text);
  return isNonce ? Buffer.from(text, 'hex') : new Uint8Array(0);
}

/**
 * The key of a stream's frames.
 *
 * @param helloMac the mac of the request: it stands for the call, and for the subscriber's nonce
 * @param nonce the neighbour's
 */
export function haloKey(secret: string, helloMac: string, nonce: Uint8Array): Uint8Array {
  const info = `${HALO_PROTOCOL} ${helloMac}`;
  return new Uint8Array(hkdfSync('sha256', secret, nonce, info, KEY_BYTES));
}
