import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** What requests to AWS are signed with. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface SignerOptions {
  region: string;
  /** For example `execute-api`. */
  service: string;
  /** Asked before every request: they may be renewed. */
  credentials: () => Promise<AwsCredentials>;
  /** @default the time of this machine; the server takes a few minutes off. */
  now?: () => Date;
}

/** A request whose body is known, which a signature covers. */
export interface SignableRequest {
  method: string;
  url: URL;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
}

/** SHA-256, and HMAC-SHA-256 when it has a secret, in the form that the signer asks for. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash!: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.reset();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash =
      this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);

/**
 * Signs requests as AWS asks for (Signature Version 4). The signature covers method, path, query,
 * host, the given headers and the body.
 *
 * @throws TypeError for a query parameter named `__proto__`.
 * @returns the URL, its query written as it was signed, and all headers but `host`, which the client that
 * sends it makes of the URL.
 */
export function createSigner({
  region,
  service,
  credentials,
  now = () => new Date(),
}: SignerOptions) {
  const signer = new SignatureV4({ region, service, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }: SignableRequest) => {
    const signed = await signer.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: queryOf(url),
        headers: { ...headers, host: url.host },
        ...(body !== undefined && { body }),
      },
      { signingDate: now() },
    );
    const { host: _, ...rest } = signed.headers;
    const sent = new URL(url);
    sent.search = [...url.searchParams].map((pair) => pair.map(escaped).join('=')).join('&');
    return { url: sent, headers: rest };
  };
}

function queryOf({ searchParams }: URL): Record<string, string | string[]> {
  const names = [...new Set(searchParams.keys())];
  // The signer keeps names in a plain object, where this one is lost: the signature would be wrong.
  if (names.includes('__proto__')) {
    throw new TypeError('a query parameter named __proto__ cannot be signed');
  }
  return Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]));
}

/** RFC 3986: no `+` for a space, which a server may take for a plus. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
