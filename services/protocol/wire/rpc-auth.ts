import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../common/canonical-json.ts';
import { ColonyError } from '../common/errors.ts';
import { type Fence, formatFence, parseFence } from './fence.ts';

/**
 * Signed calls. A call carries
 *
 *     colony-call: <sender boot id>;<target boot id>;<sequence>;<generation.epoch.topologyVersion>
 *     colony-body: SHA-256 of the body, hex
 *     colony-mac:  HMAC-SHA256(secret, "call" LF method LF path LF colony-call LF colony-body), hex
 *
 * and its answer carries
 *
 *     colony-mac:  HMAC-SHA256(secret, "answer" LF <the call's mac> LF status LF sha256(body)), hex
 *
 * so that an answer is valid for one call only. The head alone shows whether a call is authentic: no
 * body is read of one that is not. Sequence numbers are unique per sender; `ReplayGuard` refuses one
 * that it has seen, or that is too old to tell.
 */
export const CALL_HEADER = 'colony-call';
export const BODY_HASH_HEADER = 'colony-body';
export const MAC_HEADER = 'colony-mac';

export interface Call {
  senderBootId: string;
  targetBootId: string;
  sequence: number;
  fence: Fence;
}

/** A call whose head is authentic. */
export interface AuthenticCall {
  call: Call;
  /** Its MAC, which the answer's covers. */
  mac: string;
  /** SHA-256 that its body must have, hex. */
  bodyHash: string;
}

const hmac = (secret: string, lines: (string | number)[]): string =>
  createHmac('sha256', secret).update(lines.join('\n')).digest('hex');

/** Compares lengths in bytes: a header may hold characters of more than one byte. */
function sameMac(a: string, b: string): boolean {
  const [given, expected] = [Buffer.from(a), Buffer.from(b)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const formatCall = (call: Call): string =>
  [call.senderBootId, call.targetBootId, call.sequence, formatFence(call.fence)].join(';');

/** The headers that sign a call. */
export function signCall(
  secret: string,
  call: Call,
  method: string,
  path: string,
  body: Uint8Array,
): Record<typeof CALL_HEADER | typeof BODY_HASH_HEADER | typeof MAC_HEADER, string> {
  const text = formatCall(call);
  const bodyHash = sha256(body);
  return {
    [CALL_HEADER]: text,
    [BODY_HASH_HEADER]: bodyHash,
    [MAC_HEADER]: hmac(secret, ['call', method, path, text, bodyHash]),
  };
}

/**
 * Checks the signature of a call by its head; throws RPC_UNAUTHENTICATED. Replay, target, body and fence
 * are checked later.
 */
export function verifyCall(
  secret: string,
  header: (name: string) => string | undefined,
  method: string,
  path: string,
): AuthenticCall {
  const text = header(CALL_HEADER) ?? '';
  const bodyHash = header(BODY_HASH_HEADER) ?? '';
  const mac = header(MAC_HEADER) ?? '';
  const expected = hmac(secret, ['call', method, path, text, bodyHash]);
  if (!sameMac(mac, expected)) {
    throw new ColonyError('RPC_UNAUTHENTICATED', 'the signature of the call does not fit');
  }
  const [senderBootId = '', targetBootId = '', sequence = '', fenceText = ''] = text.split(';');
  const fence = parseFence(fenceText);
  if (fence === undefined || !/^\d{1,15}$/.test(sequence) || senderBootId === '') {
    throw new ColonyError('RPC_UNAUTHENTICATED', `the header ${CALL_HEADER} is malformed`);
  }
  const call = { senderBootId, targetBootId, sequence: Number(sequence), fence };
  return { call, mac, bodyHash };
}

/** Throws RPC_UNAUTHENTICATED if this is not the body that the call was signed with. */
export function assertBodyOf({ bodyHash }: AuthenticCall, body: Uint8Array): void {
  if (sha256(body) === bodyHash) return;
  throw new ColonyError('RPC_UNAUTHENTICATED', 'the body is not the one that was signed');
}

export function signAnswer(
  secret: string,
  callMac: string,
  status: number,
  body: Uint8Array,
): Record<typeof MAC_HEADER, string> {
  return { [MAC_HEADER]: hmac(secret, ['answer', callMac, status, sha256(body)]) };
}

export function answerIsAuthentic(
  secret: string,
  callMac: string,
  status: number,
  body: Uint8Array,
  mac: string | undefined,
): boolean {
  return sameMac(mac ?? '', hmac(secret, ['answer', callMac, status, sha256(body)]));
}

/** Calls of one sender may overtake each other by so many and still be told from replays. */
const WINDOW = 1024;
const SENDERS_MAX = 4096;

/** Remembers which sequence numbers each sender has used. Bounded. Only authentic calls may use one up. */
export class ReplayGuard {
  readonly #senders = new Map<string, { highest: number; seen: Set<number> }>();

  /** Throws RPC_REPLAYED if this call was received before or is older than the window. */
  accept(senderBootId: string, sequence: number): void {
    const sender = this.#senders.get(senderBootId) ?? { highest: -1, seen: new Set<number>() };
    if (sequence <= sender.highest - WINDOW || sender.seen.has(sequence)) {
      throw new ColonyError('RPC_REPLAYED', `call ${sequence} of ${senderBootId} came before`);
    }
    sender.seen.add(sequence);
    sender.highest = Math.max(sender.highest, sequence);
    if (sender.seen.size > 2 * WINDOW) {
      for (const old of sender.seen) if (old <= sender.highest - WINDOW) sender.seen.delete(old);
    }
    this.#senders.delete(senderBootId);
    this.#senders.set(senderBootId, sender);
    if (this.#senders.size > SENDERS_MAX) {
      const [oldest] = this.#senders.keys();
      if (oldest !== undefined) this.#senders.delete(oldest);
    }
  }

  /** Takes back what was accepted: the body of the call did not come, or was another. */
  release(senderBootId: string, sequence: number): void {
    this.#senders.get(senderBootId)?.seen.delete(sequence);
  }
}
