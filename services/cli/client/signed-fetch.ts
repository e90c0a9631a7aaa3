import { type AwsCredentials, createSigner } from '../../platform/aws/sigv4.ts';
import { fetchDirectly } from '../../platform/rpc/direct.ts';
import { isOnLoopback } from '../../protocol/common/loopback.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

/** The addresses that API Gateway itself gives to an API. */
const GATEWAY_HOST = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/** The region of an API Gateway's own address; undefined for any other. */
export function gatewayRegion(url: string): string | undefined {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' ? GATEWAY_HOST.exec(hostname)?.[1] : undefined;
}

export interface SignedFetchOptions {
  region: string;
  /** @default the usual chain: environment, profiles, SSO, container, instance */
  credentials?: () => Promise<AwsCredentials>;
  fetch?: typeof fetch;
  now?: () => Date;
}

/** fetch that signs what it sends to an API Gateway; bodies are texts or bytes. */
export function createSignedFetch(options: SignedFetchOptions): typeof fetch {
  const { region, credentials = defaultCredentials(), fetch: send = fetch, now } = options;
  const sign = createSigner({
    region,
    service: 'execute-api',
    credentials,
    ...(now !== undefined && { now }),
  });
  return async (input, init = {}) => {
    const { method = 'GET', headers, body, ...rest } = init;
    const { url, headers: signed } = await sign({
      method,
      url: new URL(String(input)),
      headers: Object.fromEntries(new Headers(headers)),
      ...(body != null && { body: signable(body) }),
    });
    return send(url, { ...rest, method, headers: signed, ...(body != null && { body }) });
  };
}

/**
 * What a running colony is asked with: signed where the address or the user asks for it, and never
 * through a proxy on this machine.
 */
export function fetchFor({ url, sign }: { url: string; sign?: string }): typeof fetch {
  const region = sign ?? gatewayRegion(url);
  const send = isOnLoopback(url) ? fetchDirectly : fetch;
  return region === undefined ? send : createSignedFetch({ region, fetch: send });
}

function signable(body: NonNullable<RequestInit['body']>): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new Error('a signed body must be a text or bytes');
}

/** Loaded when it is needed: commands on a local colony do without. */
function defaultCredentials(): () => Promise<AwsCredentials> {
  let provider: Promise<() => Promise<AwsCredentials>> | undefined;
  return async () => {
    provider ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider(),
    );
    try {
      return await (await provider)();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CliError(
        `The request cannot be signed, for there are no AWS credentials: ${reason}`,
        EXIT.usage,
        error,
      );
    }
  };
}
