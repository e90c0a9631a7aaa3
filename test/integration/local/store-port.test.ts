import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ServedStore } from '../../support/store/served-store.ts';

let dataDir = '';
let served: ServedStore;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'colony-port-'));
  served = await ServedStore.start(dataDir);
  await served.client('reef').call('put', { sortKey: 'spec#1', text: '{"a":1}' });
});
afterAll(async () => {
  await served.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** A request as any program of this machine can send it. */
function ask(
  method: string,
  target: string,
  headers: Record<string, string>,
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: served.port, method, path: target, headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

const itStands = async () =>
  expect(await served.client('reef').call('get', { sortKey: 'spec#1' })).toEqual({
    text: '{"a":1}',
  });

describe('the port of the store', () => {
  const replacement = JSON.stringify({
    colonyName: 'reef',
    seenRevision: 0,
    text: '{"revision":1}',
  });

  test.each([
    ['no signature', {}, 401, 'RPC_UNAUTHENTICATED'],
    [
      'a made-up signature',
      { 'colony-call': `me;store;1;0.0.0`, 'colony-mac': '0'.repeat(64) },
      401,
      'RPC_UNAUTHENTICATED',
    ],
    ['a foreign Host', { host: 'evil.example' }, 421, 'HOST_NOT_ALLOWED'],
    ['an Origin', { origin: 'https://evil.example' }, 403, 'ORIGIN_NOT_ALLOWED'],
    ['an Origin of loopback', { origin: 'http://127.0.0.1:8083' }, 403, 'ORIGIN_NOT_ALLOWED'],
    ['a browser’s own header', { 'sec-fetch-site': 'same-origin' }, 403, 'ORIGIN_NOT_ALLOWED'],
  ])('refuses a call with %s', async (_, headers, status, code) => {
    for (const call of ['get', 'put', 'replace', 'list']) {
      const answer = await ask(
        'POST',
        `/store/${call}`,
        headers as Record<string, string>,
        replacement,
      );
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ code });
    }
    await itStands();
  });

  test('knows no call of DynamoDB', async () => {
    const headers = {
      'x-amz-target': 'DynamoDB_20120810.UpdateItem',
      authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/local/dynamodb/aws4_request',
    };
    expect((await ask('POST', '/', headers, '{"TableName":"colony"}')).status).toBe(404);
  });

  test('allows no page anything, by preflight or answer', async () => {
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    for (const headers of [preflight, {}]) {
      for (const method of ['OPTIONS', 'POST', 'GET']) {
        const answer = await ask(method, '/store/get', headers);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(Object.keys(answer.headers).filter((name) => /^access-control/.test(name))).toEqual(
          [],
        );
      }
    }
  });

  test('refuses a stranger by the head, before the body comes', async () => {
    const socket = connect(served.port, '127.0.0.1');
    socket.write('POST /store/put HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8000000\r\n\r\n');
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (part) => resolve(part.toString())),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    socket.destroy();
  });

  test('refuses the calls of another launch', async () => {
    const stranger = served.client('reef', 'the-secret-of-another-launch');
    await expect(stranger.call('get', { sortKey: 'spec#1' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining("not signed with this colony's secret"),
    });
  });

  test('outlives clients that go away in the middle of a body, and logs no error', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = connect(served.port, '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => {});
      socket.write(
        'POST /store/put HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{"colonyName":',
      );
      await sleep(2);
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    await itStands();
    expect(served.log.messages('error')).toEqual([]);
  });

  test('takes no record of another revision than the next', async () => {
    const replace = served.client('reef').call('replace', { seenRevision: 3, text: replacement });
    await expect(replace).rejects.toThrow('a record of revision 4 is expected');
  });
});
