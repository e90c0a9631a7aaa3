import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AuthenticCall,
  answerIsAuthentic,
  assertBodyOf,
  BODY_HASH_HEADER,
  CALL_HEADER,
  type Call,
  MAC_HEADER,
  ReplayGuard,
  signAnswer,
  signCall,
  verifyCall,
} from '../../../../services/protocol/wire/rpc-auth.ts';

const SECRET = 'the-secret';
const call: Call = {
  senderBootId: 'coordinator-1',
  targetBootId: 'backend-1',
  sequence: 7,
  fence: { generation: 3, epoch: 2, topologyVersion: 1 },
};
const body = new TextEncoder().encode('{"tick":1}');
const signed = signCall(SECRET, call, 'POST', '/rpc/ping', body);

/** Verifies the signed call with some of it changed. */
function verify(
  change: Partial<{
    secret: string;
    headers: Record<string, string | undefined>;
    method: string;
    path: string;
  }> = {},
): AuthenticCall {
  const headers: Record<string, string | undefined> = { ...signed, ...change.headers };
  return verifyCall(
    change.secret ?? SECRET,
    (name) => headers[name],
    change.method ?? 'POST',
    change.path ?? '/rpc/ping',
  );
}

test('a signed call is read as it was signed', () => {
  expect(verify().call).toEqual(call);
});

const altered = (text: string) => text.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'));

test.each<[string, Parameters<typeof verify>[0]]>([
  ['another secret', { secret: 'another' }],
  ['another method', { method: 'PUT' }],
  ['another path', { path: '/rpc/startTicking' }],
  ['the hash of another body', { headers: { [BODY_HASH_HEADER]: '00'.repeat(32) } }],
  ['no hash of its body', { headers: { [BODY_HASH_HEADER]: undefined } }],
  ['another mac', { headers: { [MAC_HEADER]: altered(signed[MAC_HEADER]) } }],
  ['a mac of another length', { headers: { [MAC_HEADER]: 'ab' } }],
  ['a mac with other characters', { headers: { [MAC_HEADER]: 'é'.repeat(64) } }],
  ['no mac', { headers: { [MAC_HEADER]: undefined } }],
  ['no call', { headers: { [CALL_HEADER]: undefined } }],
  ['another fence', { headers: { [CALL_HEADER]: 'coordinator-1;backend-1;7;4.2.1' } }],
  ['another target', { headers: { [CALL_HEADER]: 'coordinator-1;backend-2;7;3.2.1' } }],
  ['another sender', { headers: { [CALL_HEADER]: 'coordinator-2;backend-1;7;3.2.1' } }],
  ['another sequence number', { headers: { [CALL_HEADER]: 'coordinator-1;backend-1;8;3.2.1' } }],
])('a call with %s is not authentic', (_name, change) => {
  expect(() => verify(change)).toThrow(expect.objectContaining({ code: 'RPC_UNAUTHENTICATED' }));
});

test('a body other than the one that was signed is not authentic', () => {
  const unauthentic = expect.objectContaining({ code: 'RPC_UNAUTHENTICATED' });
  assertBodyOf(verify(), body);
  for (const other of [new Uint8Array(0), new Uint8Array(1), body.subarray(1)]) {
    expect(() => assertBodyOf(verify(), other)).toThrow(unauthentic);
  }
});

test('a signed call whose header makes no sense is refused', () => {
  const odd = [
    { ...call, senderBootId: '' },
    { ...call, sequence: -1 },
    { ...call, sequence: 0.5 },
    { ...call, targetBootId: 'a;b' },
    { ...call, fence: { ...call.fence, epoch: -1 } },
  ];
  for (const strange of odd) {
    const headers = signCall(SECRET, strange, 'POST', '/rpc/ping', body);
    expect(() => verify({ headers })).toThrow(
      expect.objectContaining({ code: 'RPC_UNAUTHENTICATED' }),
    );
  }
});

test('an answer is authentic only to its own call, with its own status and body', () => {
  const mac = signed[MAC_HEADER];
  const answer = signAnswer(SECRET, mac, 200, body)[MAC_HEADER];
  expect(answerIsAuthentic(SECRET, mac, 200, body, answer)).toBe(true);
  expect(answerIsAuthentic('another', mac, 200, body, answer)).toBe(false);
  expect(answerIsAuthentic(SECRET, altered(mac), 200, body, answer)).toBe(false);
  expect(answerIsAuthentic(SECRET, mac, 409, body, answer)).toBe(false);
  expect(answerIsAuthentic(SECRET, mac, 200, new Uint8Array(0), answer)).toBe(false);
  expect(answerIsAuthentic(SECRET, mac, 200, body, undefined)).toBe(false);
  expect(answerIsAuthentic(SECRET, mac, 200, body, mac)).toBe(false);
});

describe('the replay guard', () => {
  const replayed = expect.objectContaining({ code: 'RPC_REPLAYED' });

  test('takes each number of each sender once', () => {
    const guard = new ReplayGuard();
    guard.accept('a', 1);
    guard.accept('b', 1);
    expect(() => guard.accept('a', 1)).toThrow(replayed);
    guard.accept('a', 0);
    expect(() => guard.accept('b', 1)).toThrow(replayed);
  });

  test('takes a number again that was given back, and no other', () => {
    const guard = new ReplayGuard();
    for (const sequence of [1, 2, 3]) guard.accept('a', sequence);
    guard.accept('b', 2);
    guard.release('a', 2);
    guard.release('stranger', 1);
    guard.accept('a', 2);
    expect(() => guard.accept('a', 1)).toThrow(replayed);
    expect(() => guard.accept('a', 2)).toThrow(replayed);
    expect(() => guard.accept('b', 2)).toThrow(replayed);
  });

  test('takes calls that overtake each other within 1024', () => {
    const guard = new ReplayGuard();
    guard.accept('a', 2_000);
    guard.accept('a', 2_000 - 1_023);
    expect(() => guard.accept('a', 2_000 - 1_024)).toThrow(replayed);
  });

  test('never takes a number twice, in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(60), fc.nat(5_000)), { minLength: 1, maxLength: 400 }),
        (sequences) => {
          const guard = new ReplayGuard();
          const taken = new Set<number>();
          let highest = -1;
          for (const sequence of sequences) {
            const isFresh = !taken.has(sequence) && sequence > highest - 1_024;
            if (isFresh) {
              guard.accept('a', sequence);
              taken.add(sequence);
              highest = Math.max(highest, sequence);
            } else expect(() => guard.accept('a', sequence)).toThrow(replayed);
          }
        },
      ),
    );
  });

  test('takes a long run of calls and still knows the last thousand', () => {
    const guard = new ReplayGuard();
    for (let i = 0; i < 10_000; i++) guard.accept('a', i);
    for (let i = 0; i < 10_000; i++) expect(() => guard.accept('a', i)).toThrow(replayed);
  });

  test('still takes calls that were overtaken, after it has forgotten older ones', () => {
    const guard = new ReplayGuard();
    for (let i = 0; i < 10_000; i++) if (i !== 9_500) guard.accept('a', i);
    guard.accept('a', 9_500);
    expect(() => guard.accept('a', 9_500)).toThrow(replayed);
  });

  test('forgets the sender that was silent longest when there are too many', () => {
    const guard = new ReplayGuard();
    guard.accept('first', 1);
    for (let i = 0; i < 4_095; i++) guard.accept(`sender-${i}`, 1);
    expect(() => guard.accept('first', 1)).toThrow(replayed);
    guard.accept('one more', 1);
    guard.accept('first', 1);
  });
});
