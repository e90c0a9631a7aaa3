import { createHash, createHmac } from 'node:crypto';

/** What a server does with a signed request, written from the specification of SigV4 alone. */

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, data: string) =>
  createHmac('sha256', key).update(data).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export interface ReceivedRequest {
  method: string;
  /** Path and query, as they came. */
  target: string;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body: Uint8Array;
}

/** The signature that such a request must have; throws if it has no authorization to read. */
export function expectedSignature(
  { method, target, headers, body }: ReceivedRequest,
  secretAccessKey: string,
): { expected: string; given: string; scope: string; signedHeaders: string[] } {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8}\/[^/]+\/[^/]+\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, scope, names, given] = pattern.exec(headers['authorization'] ?? '') ?? [];
  if (scope === undefined || names === undefined || given === undefined) {
    throw new Error(`not signed: ${headers['authorization']}`);
  }
  const signedHeaders = names.split(';');
  const [path = '', query = ''] = target.split('?', 2);
  const canonicalRequest = [
    method,
    path.split('/').map(encode).join('/'),
    // Sorted by what was sent: a server decodes and encodes again, here that is the same.
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope,
    sha256(canonicalRequest),
  ].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Uint8Array>((k, part) => hmac(k, part), `AWS4${secretAccessKey}`);
  return { expected: hmac(key, stringToSign).toString('hex'), given, scope, signedHeaders };
}

/** By name, then by value: sorted as whole pairs, `g%20=` would come before `g=`. */
function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter(Boolean);
  const inOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return pairs
    .map((pair) => pair.split('=') as [name: string, value: string])
    .sort(([nameA, valueA], [nameB, valueB]) => inOrder(nameA, nameB) || inOrder(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
