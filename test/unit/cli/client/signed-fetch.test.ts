import { describe, expect, test, vi } from 'vitest';
import { ApiClient } from '../../../../services/cli/client/api-client.ts';
import {
  createSignedFetch,
  fetchFor,
  gatewayRegion,
} from '../../../../services/cli/client/signed-fetch.ts';
import { CliError } from '../../../../services/cli/terminal/exit-codes.ts';
import { fetchDirectly } from '../../../../services/platform/rpc/direct.ts';
import { isOnLoopback } from '../../../../services/protocol/common/loopback.ts';
import { expectedSignature } from '../../../support/fakes/sigv4-check.ts';

const SECRET = 'a-secret-key';
const URL_OF_API = 'https://abc123.execute-api.eu-north-1.amazonaws.com';

test.each([
  [URL_OF_API, 'eu-north-1'],
  [`${URL_OF_API}/prod`, 'eu-north-1'],
  ['https://abc.execute-api.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
])('%s is signed for %s', (url, region) => {
  expect(gatewayRegion(url)).toBe(region);
});

test.each([
  'http://127.0.0.1:8083',
  'http://abc123.execute-api.eu-north-1.amazonaws.com',
  'https://abc123.execute-api.eu-north-1.amazonaws.com.evil.example',
  'https://evil.example/?.execute-api.eu-north-1.amazonaws.com',
  'https://colony.example',
])('%s gets no signature by itself', (url) => {
  expect(gatewayRegion(url)).toBeUndefined();
  expect(fetchFor({ url })).toBe(isOnLoopback(url) ? fetchDirectly : fetch);
});

test('any address is signed when that is asked for', () => {
  expect(fetchFor({ url: 'http://127.0.0.1:4566', sign: 'us-east-1' })).not.toBe(fetch);
});

describe('a client of an API Gateway', () => {
  const answer = { paused: true, effectiveTick: 3, ticksPerSecond: null, horizon: 3 };

  test('sends requests with a signature that holds', async () => {
    const sent: { url: URL; init: RequestInit }[] = [];
    const client = new ApiClient(
      URL_OF_API,
      createSignedFetch({
        region: 'eu-north-1',
        credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: SECRET }),
        fetch: async (url, init = {}) => {
          sent.push({ url: new URL(String(url)), init });
          return Response.json(answer);
        },
      }),
    );
    await client.pace(2.5).catch(() => undefined);
    await client.step(3, 'a key + more').catch(() => undefined);
    expect(sent.map(({ init }) => init.method)).toEqual(['PUT', 'POST']);
    for (const { url, init } of sent) {
      const check = expectedSignature(
        {
          method: String(init.method),
          target: url.pathname + url.search,
          headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
          body: new TextEncoder().encode(String(init.body ?? '')),
        },
        SECRET,
      );
      expect(check.given).toBe(check.expected);
      expect(init.signal).toBeInstanceOf(AbortSignal);
    }
    expect(sent[1]?.url.searchParams.get('idempotency_key')).toBe('a key + more');
  });

  test('without credentials ends with one clear line, and sends nothing', async () => {
    const send = vi.fn<typeof fetch>();
    const none = async () => {
      throw new CliError('there are no AWS credentials', 2);
    };
    const signed = createSignedFetch({ region: 'eu-north-1', credentials: none, fetch: send });
    const failure = await new ApiClient(URL_OF_API, signed).pause().catch((error) => error);
    expect(failure).toMatchObject({ message: 'there are no AWS credentials', exitCode: 2 });
    expect(send).not.toHaveBeenCalled();
  });

  test('takes its credentials from the environment by default', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDFROMENV');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
    vi.stubEnv('AWS_SESSION_TOKEN', 'token-from-env');
    try {
      let headers = new Headers();
      const signed = createSignedFetch({
        region: 'eu-north-1',
        fetch: async (_url, init) => {
          headers = new Headers(init?.headers);
          return Response.json({});
        },
      });
      await signed(`${URL_OF_API}/colony`);
      expect(headers.get('authorization')).toContain('Credential=AKIDFROMENV/');
      expect(headers.get('x-amz-security-token')).toBe('token-from-env');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
