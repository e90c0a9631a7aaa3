import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = path.resolve('scripts/colony-start.sh');

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

function run(args: string[], env: Record<string, string> = {}): Promise<Run> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    execFile('bash', [script, ...args], { env: { PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('against a server', () => {
  let server: Server;
  let url = '';
  let requests: IncomingMessage[] = [];
  let answer = { status: 202, body: '{"status":"initiated"}' };

  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const keyOf = (request: IncomingMessage | undefined) =>
    new URL(request?.url ?? '', url).searchParams.get('idempotency_key');

  test('202 is success, and the key is the seconds since 1970, made by the client', async () => {
    answer = { status: 202, body: '{"status":"initiated"}' };
    const beforeS = Math.floor(Date.now() / 1000);
    const { code, stdout } = await run([url]);
    expect(code).toBe(0);
    expect(stdout).toContain('initiated');
    expect(requests.map(({ method, url }) => `${method} ${url?.split('?')[0]}`)).toEqual([
      'POST /colony-start',
    ]);
    const key = Number(keyOf(requests[0]));
    expect(key).toBeGreaterThanOrEqual(beforeS);
    expect(key).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
  });

  test('200 that says idempotent is success', async () => {
    answer = { status: 200, body: '{"message":"Colony already started (idempotent)"}' };
    const { code, stdout } = await run([url]);
    expect(code).toBe(0);
    expect(stdout).toContain('already started');
  });

  test('200 that does not say idempotent is a failure: someone else answered', async () => {
    answer = { status: 200, body: '<html>welcome</html>' };
    const { code, stderr } = await run([url]);
    expect(code).toBe(1);
    expect(stderr).toContain('none of colony-start');
  });

  test.each([400, 409, 422, 500, 503, 302])('%i is a failure with a message', async (status) => {
    answer = { status, body: '{"detail":"because of the moon"}' };
    const { code, stderr } = await run([url]);
    expect(code).toBe(1);
    expect(stderr).toContain(`HTTP ${status}`);
    expect(stderr).toContain('because of the moon');
  });

  test('a key that is given is sent as it is, whatever characters it has', async () => {
    answer = { status: 202, body: '{}' };
    const key = 'a b&c=d%"\\+#?~';
    expect((await run([url, '--key', key])).code).toBe(0);
    expect((await run([`--key=${key}`, url])).code).toBe(0);
    expect(requests.map(keyOf)).toEqual([key, key]);
  });

  test('the address may come from COLONY_URL, and may end with a slash', async () => {
    answer = { status: 202, body: '{}' };
    expect((await run([], { COLONY_URL: `${url}/` })).code).toBe(0);
    expect(requests[0]?.url).toMatch(/^\/colony-start\?/);
  });

  test('any other address is called without a signature, even when there are credentials', async () => {
    answer = { status: 202, body: '{}' };
    await run([url], { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' });
    expect(requests[0]?.headers.authorization).toBeUndefined();
  });

  test.each(['http_proxy', 'ALL_PROXY', 'all_proxy'])(
    'an address of this machine is called directly, whatever %s says',
    async (name) => {
      answer = { status: 202, body: '{"status":"initiated"}' };
      // Nothing can listen there.
      const { code, stderr } = await run([url], { [name]: 'http://127.0.0.1:1' });
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(requests).toHaveLength(1);
    },
  );

  test('any other address is called through the proxy', async () => {
    const { code } = await run(['http://colony.example'], { http_proxy: url });
    expect(code).toBe(0);
    expect(requests.map((request) => request.url?.split('?')[0])).toEqual([
      'http://colony.example/colony-start',
    ]);
  });

  test('a server that is not there is a failure with a message', async () => {
    await new Promise((resolve) => server.close(resolve));
    const { code, stderr } = await run([url]);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be reached');
  });
});

describe('wrong usage', () => {
  test.each([
    ['an unknown option', ['--nope'], 'unknown option --nope'],
    ['a key without a value', ['--key'], '--key needs a value'],
    ['a malformed key', ['--key', 'ä'], 'printable ASCII'],
    ['a key that is too long', ['--key', 'x'.repeat(256)], 'printable ASCII'],
    ['no address', ['ftp://example.org'], 'not an address'],
  ])('%s ends with 2 and says so', async (_what, args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('behind an API Gateway', () => {
  const gateway = 'https://abc123.execute-api.eu-north-1.amazonaws.com/prod';
  const credentials = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'a/secret"with\\marks',
    AWS_SESSION_TOKEN: 'session-token',
  };
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'colony-fake-curl-'));
    const fake = `#!/bin/sh
printf '%s\\n' "$@" > "${folder}/args"
cat > "${folder}/config"
printf '{"status":"initiated"}\\n202'
`;
    writeFileSync(path.join(folder, 'curl'), fake);
    chmodSync(path.join(folder, 'curl'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const path_ = () => ({ PATH: `${folder}:${process.env['PATH']}` });
  const recorded = (file: string) => readFileSync(path.join(folder, file), 'utf8');

  test('the call is signed for the region of the address', async () => {
    expect((await run([gateway, '--key', 'k1'], { ...path_(), ...credentials })).code).toBe(0);
    const config = recorded('config').split('\n');
    expect(config).toContain(`url = "${gateway}/colony-start?idempotency_key=k1"`);
    expect(config).toContain('aws-sigv4 = "aws:amz:eu-north-1:execute-api"');
    expect(config).toContain('user = "AKIDEXAMPLE:a/secret\\"with\\\\marks"');
    expect(config).toContain('header = "X-Amz-Security-Token: session-token"');
  });

  test('no secret is among the arguments, where ps would show it', async () => {
    await run([gateway], { ...path_(), ...credentials });
    const args = recorded('args');
    expect(args).toContain('POST');
    for (const secret of Object.values(credentials)) expect(args).not.toContain(secret);
  });

  test('without a session token no token header is sent', async () => {
    const { AWS_SESSION_TOKEN: _, ...twoOfThem } = credentials;
    await run([gateway], { ...path_(), ...twoOfThem });
    expect(recorded('config')).toContain('aws-sigv4');
    expect(recorded('config')).not.toContain('X-Amz-Security-Token');
  });

  test('without credentials nothing is sent', async () => {
    const { code, stderr } = await run([gateway], path_());
    expect(code).toBe(2);
    expect(stderr).toContain('AWS_ACCESS_KEY_ID');
    expect(() => recorded('args')).toThrow();
  });

  test('a host that only looks like a gateway gets no signature', async () => {
    const trap = 'https://x.execute-api.eu-north-1.amazonaws.com.example.org';
    expect((await run([trap], { ...path_(), ...credentials })).code).toBe(0);
    expect(recorded('config')).not.toContain('user');
  });
});
