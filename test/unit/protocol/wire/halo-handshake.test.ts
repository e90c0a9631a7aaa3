import { expect, test } from 'vitest';
import {
  haloKey,
  NONCE_BYTES,
  NONCE_HEADER,
  readNonce,
  signHello,
  signWelcome,
  verifyHello,
} from '../../../../services/protocol/wire/halo-handshake.ts';
import {
  answerIsAuthentic,
  CALL_HEADER,
  MAC_HEADER,
  signCall,
} from '../../../../services/protocol/wire/rpc-auth.ts';

const SECRET = 'a secret';
const NONCE = new Uint8Array(NONCE_BYTES).fill(1);
const call = {
  senderBootId: 'a',
  targetBootId: 'b',
  sequence: 4,
  fence: { generation: 1, epoch: 2, topologyVersion: 3 },
};
const hello = signHello(SECRET, call, NONCE);
const verify = (headers: Record<string, string>, secret = SECRET) =>
  verifyHello(secret, (name) => headers[name]).call;
const unauthentic = expect.objectContaining({ code: 'RPC_UNAUTHENTICATED' });

test('a hello tells who asks whom, under which fence', () => {
  expect(verify(hello)).toEqual(call);
});

test.each<[string, Record<string, string>]>([
  ['another call', { [CALL_HEADER]: hello[CALL_HEADER]!.replace('a;b', 'c;b') }],
  ['another nonce', { [NONCE_HEADER]: '00'.repeat(NONCE_BYTES) }],
  ['another signature', { [MAC_HEADER]: '00'.repeat(32) }],
  ['no nonce', { [NONCE_HEADER]: '' }],
])('a hello with %s is not believed', (_what, change) => {
  expect(() => verify({ ...hello, ...change })).toThrow(unauthentic);
});

test('nor is one under another secret', () => {
  expect(() => verify(hello, 'guessed')).toThrow(unauthentic);
});

test('the signature of an ordinary call opens no stream', () => {
  const signed = signCall(SECRET, call, 'POST', '/rpc/halo', NONCE);
  expect(() => verify({ ...hello, ...signed })).toThrow(unauthentic);
});

test('the welcome is an answer to this hello alone, and carries a nonce of its own', () => {
  const nonce = new Uint8Array(NONCE_BYTES).fill(2);
  const welcome = signWelcome(SECRET, hello[MAC_HEADER]!, nonce);
  expect(readNonce(welcome[NONCE_HEADER])).toEqual(Buffer.from(nonce));
  const isGood = (helloMac: string, of = nonce) =>
    answerIsAuthentic(SECRET, helloMac, 101, of, welcome[MAC_HEADER]);
  expect(isGood(hello[MAC_HEADER]!)).toBe(true);
  expect(isGood(hello[MAC_HEADER]!, NONCE)).toBe(false);
  expect(isGood(signHello(SECRET, { ...call, sequence: 5 }, NONCE)[MAC_HEADER]!)).toBe(false);
});

test('keys differ by hello, by the nonce of the answer and by secret', () => {
  const other = signHello(SECRET, { ...call, sequence: 5 }, NONCE)[MAC_HEADER]!;
  const mac = hello[MAC_HEADER]!;
  const all = [
    haloKey(SECRET, mac, NONCE),
    haloKey(SECRET, other, NONCE),
    haloKey(SECRET, mac, new Uint8Array(NONCE_BYTES)),
    haloKey('another', mac, NONCE),
  ];
  expect(all.every((key) => key.byteLength === 32)).toBe(true);
  expect(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4);
});
