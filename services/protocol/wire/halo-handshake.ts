import { hkdfSync } from 'node:crypto';
import {
  type AuthenticCall,
  assertBodyOf,
  type Call,
  signAnswer,
  signCall,
  verifyCall,
} from './rpc-auth.ts';

/**
 * How a backend subscribes to a neighbour's halos: by an HTTP/1.1 upgrade on the RPC port. Request and
 * answer are signed like those of a call (rpc-auth.ts), with a nonce in place of a body.
 *
 *     GET /rpc/halo, Upgrade: colony-halo/2      →
 *       colony-call, colony-nonce,
 *       colony-body, colony-mac
 *                                                ←   101 Switching Protocols, Upgrade: colony-halo/2
 *                                                      colony-nonce, colony-mac
 *                                                ←   frames of halos (halo-frame.ts)
 *
 * Each side proves with its MAC that it knows the secret, over a nonce of its own; the neighbour's MAC
 * also covers the subscriber's nonce. The key of the frames is derived from both nonces and from the
 * call, which names both boot ids. So no frame of one stream is valid on another, and replaying a
 * request leads to a key that an eavesdropper does not have.
 */
export const HALO_PATH = '/rpc/halo';
export const HALO_PROTOCOL = 'colony-halo/2';
export const NONCE_HEADER = 'colony-nonce';
export const NONCE_BYTES = 32;

/** Signed in place of the method; no other call has this one. */
const METHOD = 'UPGRADE';
/** The version is signed too. */
const TARGET = `${HALO_PATH} ${HALO_PROTOCOL}`;
const KEY_BYTES = 32;

/** The headers of a request for a stream. */
export function signHello(secret: string, call: Call, nonce: Uint8Array): Record<string, string> {
  return {
    ...signCall(secret, call, METHOD, TARGET, nonce),
    [NONCE_HEADER]: Buffer.from(nonce).toString('hex'),
  };
}

/** Checks these headers; throws RPC_UNAUTHENTICATED. Replay, target and fence are checked later. */
export function verifyHello(
  secret: string,
  header: (name: string) => string | undefined,
): AuthenticCall {
  const hello = verifyCall(secret, header, METHOD, TARGET);
  assertBodyOf(hello, readNonce(header(NONCE_HEADER)));
  return hello;
}

/** The headers that accept a valid request, whose MAC is given. */
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

/** The nonce; empty if it is malformed, for which no signature is valid. */
export function readNonce(text: string | undefined): Uint8Array {
  const isNonce = text !== undefined && /^[0-9a-f]{64}$/.test(text);
  return isNonce ? Buffer.from(text, 'hex') : new Uint8Array(0);
}

/**
 * Derives the key of a stream's frames.
 *
 * @param helloMac the MAC of the request: it covers the call and the subscriber's nonce
 * @param nonce the neighbour's nonce
 */
export function haloKey(secret: string, helloMac: string, nonce: Uint8Array): Uint8Array {
  const info = `${HALO_PROTOCOL} ${helloMac}`;
  return new Uint8Array(hkdfSync('sha256', secret, nonce, info, KEY_BYTES));
}
