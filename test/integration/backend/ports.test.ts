import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rpcPath } from '../../../services/protocol/wire/rpc.ts';
import { signCall } from '../../../services/protocol/wire/rpc-auth.ts';
import { refusalIn } from '../../simulation/besieged-colony.ts';
import { Cluster, SECRET } from './harness.ts';

/** What the port of a backend says to those who have no business there. */

let cluster: Cluster;
beforeAll(() => {
  cluster = new Cluster({ backends: 2 });
});
afterAll(() => cluster.close());

const ask = (path: string, init: RequestInit = {}) => {
  const { backend, target } = cluster.members[0]!;
  return backend.app.request(`${target.origin}${path}`, init);
};
const refused = async (path: string, init: RequestInit) => refusalIn(await ask(path, init));

describe.each(['/healthz', '/readyz', '/metrics', rpcPath('ping'), '/nothing'])('%s', (path) => {
  const method = path === rpcPath('ping') ? 'POST' : 'GET';

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.2', 'a b', ''])(
    'is not served under the host %o',
    async (host) => {
      const refusal = await refused(path, { method, headers: { host } });
      expect(refusal).toEqual({ status: 421, code: 'HOST_NOT_ALLOWED' });
    },
  );

  test.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
  ])('is not given to a page with %o, nor is anything allowed to it', async (headers) => {
    for (const by of [method, 'OPTIONS']) {
      const init = { method: by, headers: { host: 'localhost', ...headers } };
      expect(await refused(path, init)).toEqual({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
      const answer = await ask(path, init);
      const names = [...answer.headers.keys()];
      expect(names.filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

test.each([
  'localhost',
  'LOCALHOST:9000',
  '127.0.0.1:1',
  '[::1]:9000',
  'backend-0',
  'backend-0:9000',
])('health is told under the host %o', async (host) => {
  expect((await ask('/healthz', { headers: { host } })).status).toBe(200);
});

test('a call that is signed is not answered under a foreign host either', async () => {
  const path = rpcPath('ping');
  const body = new TextEncoder().encode('{}');
  const call = {
    ...{ senderBootId: 'leader-2', targetBootId: 'boot-0' },
    ...{ sequence: 1, fence: cluster.fence },
  };
  const signed = signCall(SECRET, call, 'POST', path, body);
  const foreign = { method: 'POST', body, headers: { ...signed, host: 'evil.example' } };
  expect(await refused(path, foreign)).toMatchObject({ code: 'HOST_NOT_ALLOWED' });
  expect((await ask(path, { method: 'POST', body, headers: signed })).status).toBe(200);
});

test('a stream of halos is not opened under a foreign host', () => {
  const { backend } = cluster.members[0]!;
  const headers: Record<string, string> = { host: 'evil.example' };
  const answer = backend.upgrade({
    path: '/rpc/halo',
    protocol: 'colony-halo/2',
    header: (name) => headers[name],
  });
  expect(answer.status).toBe(421);
});
