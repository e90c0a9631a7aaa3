import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSigner } from '../../../../services/platform/aws/sigv4.ts';
import { expectedSignature } from '../../../support/fakes/sigv4-check.ts';

/** The credentials and the time of AWS's own test suite of signatures. */
const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const NOW = new Date(Date.UTC(2015, 7, 30, 12, 36, 0));
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const signer = (sessionToken?: string) =>
  createSigner({
    region: 'us-east-1',
    service: 'execute-api',
    credentials: async () => ({ ...CREDENTIALS, ...(sessionToken && { sessionToken }) }),
    now: () => NOW,
  });

describe('the check that the tests rely on', () => {
  // Cases of AWS's Signature Version 4 test suite: get-vanilla, post-vanilla, get-vanilla-query-order-key-case.
  test.each([
    ['GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'GET',
      '/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('agrees with the published signature of %s %s', (method, target, signature) => {
    const headers = {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    };
    const request = { method, target, headers, body: new Uint8Array(0) };
    expect(expectedSignature(request, CREDENTIALS.secretAccessKey)).toMatchObject({
      expected: signature,
      given: signature,
    });
  });
});

describe('a signed request', () => {
  const verify = async (method: string, address: string, body?: string, more = {}) => {
    const url = new URL(address);
    const signed = await signer()({
      method,
      url,
      headers: more,
      ...(body !== undefined && { body }),
    });
    const received = {
      method,
      target: signed.url.pathname + signed.url.search,
      headers: { ...signed.headers, host: signed.url.host },
      body: new TextEncoder().encode(body ?? ''),
    };
    return { signed, ...expectedSignature(received, CREDENTIALS.secretAccessKey) };
  };

  test('has the signature that a server computes for it', async () => {
    const { signed, expected, given, scope, signedHeaders } = await verify(
      'POST',
      'https://abc.execute-api.us-east-1.amazonaws.com/prod/colony-start?idempotency_key=k&wait=25',
      '{"seed":7}',
      { 'content-type': 'application/json' },
    );
    expect(given).toBe(expected);
    expect(scope).toBe('20150830/us-east-1/execute-api/aws4_request');
    expect(signedHeaders).toEqual(['content-type', 'host', 'x-amz-content-sha256', 'x-amz-date']);
    expect(signed.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amz-date': '20150830T123600Z',
    });
    expect(signed.headers).not.toHaveProperty('host');
  });

  test('covers an empty body and a port', async () => {
    const { signed, given, expected } = await verify('GET', 'http://api.localhost:4566/colony');
    expect(given).toBe(expected);
    expect(signed.headers['x-amz-content-sha256']).toBe(EMPTY_SHA256);
  });

  test('carries the session token, and signs it', async () => {
    const { headers } = await signer('a-token')({
      method: 'GET',
      url: new URL('https://example.org/'),
      headers: {},
    });
    expect(headers['x-amz-security-token']).toBe('a-token');
    expect(headers['authorization']).toContain('x-amz-security-token');
  });

  test('has another signature when anything of it is another', async () => {
    const address = 'https://example.org/colony-start?a=1';
    const given = async (...args: Parameters<typeof verify>) => (await verify(...args)).given;
    const all = await Promise.all([
      given('POST', address, 'x'),
      given('PUT', address, 'x'),
      given('POST', `${address}&b=2`, 'x'),
      given('POST', 'https://example.org/colony-stop?a=1', 'x'),
      given('POST', 'https://example.com/colony-start?a=1', 'x'),
      given('POST', address, 'y'),
      given('POST', address, 'x', { 'content-type': 'text/plain' }),
    ]);
    expect(new Set(all).size).toBe(all.length);
  });

  test('is refused for a query name that the signer would lose', async () => {
    await expect(verify('GET', 'https://example.org/?__proto__=1')).rejects.toThrow(
      'a query parameter named __proto__ cannot be signed',
    );
  });

  test('is sent with the very query that was signed, whatever characters it has', async () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 });
    const name = text.filter((it) => it !== '__proto__');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, text), { maxLength: 5 }), async (pairs) => {
        const query = new URLSearchParams(pairs);
        const { signed, given, expected } = await verify('GET', `https://example.org/?${query}`);
        expect(given).toBe(expected);
        expect([...signed.url.searchParams]).toEqual(pairs);
        expect(signed.url.search).not.toContain('+');
      }),
      // One name begins another: the order of names is not that of whole pairs.
      {
        examples: [
          [
            [
              ['g ', ' '],
              ['g', ' '],
            ],
          ],
        ],
      },
    );
  });
});
