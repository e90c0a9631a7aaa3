import { describe, expect, test } from 'vitest';
import { fixture, jsonOf } from './fake-colony-api.ts';

describe('bodies', () => {
  test('of blanks only are no body', async () => {
    const { send, calls } = fixture();
    const answer = await send('POST', '/colony-start?idempotency_key=k', { body: ' \n\t ' });
    expect(answer.status).toBe(202);
    expect(calls).toHaveLength(1);
  });

  test('of another type are refused with the type in bounded length', async () => {
    const type = `text/${'t'.repeat(100)}`;
    const headers = { 'content-type': type };
    const answer = await fixture().send('PUT', '/colony-pace', { body: '{}', headers });
    expect(answer.body.detail).toBe(
      `the header Content-Type is "${type.slice(0, 60)}", expected application/json`,
    );
  });

  test('that are not JSON are refused with the reason in one line', async () => {
    const answer = await fixture().send('PUT', '/colony-pace', {
      ...jsonOf(null),
      body: '{"a":\n\n  x}',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    expect(answer.body.detail).toMatch(/^the body is not JSON: \S+( \S+)*$/);
    expect(answer.body.detail.length).toBeLessThanOrEqual('the body is not JSON: '.length + 120);
  });

  test.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['identity, zstd', 'zstd'],
    ['x'.repeat(100), 'x'.repeat(60)],
  ])('encoded as %s are refused with its name', async (encoding, named) => {
    const { send, calls } = fixture();
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const answer = await send('PUT', '/colony-pace', { body: '\u001f\u008b', headers });
    expect(answer).toMatchObject({ status: 415, body: { code: 'CONTENT_ENCODING_UNKNOWN' } });
    expect(answer.body.detail).toContain(`"${named}"`);
    expect(answer.headers.get('accept-encoding')).toBe('identity');
    expect(calls).toEqual([]);
  });

  test.each(['identity', 'IDENTITY', ''])('encoded as %o are taken', async (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const body = '{"ticksPerSecond":3}';
    expect((await fixture().send('PUT', '/colony-pace', { body, headers })).status).toBe(200);
  });

  const tooMany = 64 * 1024 + 1;

  test('one of 64 KiB is read', async () => {
    const { send } = fixture();
    const body = `{}${' '.repeat(64 * 1024 - 2)}`;
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const answer = await send('POST', '/colony-start?idempotency_key=k', { body, headers });
    expect(answer.status).toBe(202);
  });

  test('one that declares more is refused with 413', async () => {
    const { send, calls } = fixture();
    const headers = { 'content-type': 'application/json', 'content-length': String(tooMany) };
    const answer = await send('POST', '/colony-start?idempotency_key=k', {
      body: ' '.repeat(tooMany),
      headers,
    });
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    expect(calls).toEqual([]);
  });

  test('one without a declared length is refused as soon as it has more', async () => {
    const { app, calls } = fixture();
    let sentBytes = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += 8192;
        controller.enqueue(new Uint8Array(8192));
      },
    });
    const answer = await app.request('http://localhost/colony-start?idempotency_key=k', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(sentBytes).toBeLessThan(128 * 1024);
    expect(calls).toEqual([]);
  });
});
