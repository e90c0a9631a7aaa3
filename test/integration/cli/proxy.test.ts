import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createSignedFetch } from '../../../services/cli/client/signed-fetch.ts';
import { proxyCommand } from '../../../services/cli/proxy/proxy.command.ts';
import { expectedSignature } from '../../support/fakes/sigv4-check.ts';
import { recordingOutput } from './fake-colony.ts';

const SECRET = 'a-secret-key';

/** A gateway that lets signed requests through, as API Gateway does with IAM authorisation. */
async function signedGateway() {
  const seen: string[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url: target = '' } = incoming;
    const headers = incoming.headers as Record<string, string>;
    seen.push(`${method} ${target}`);
    let isSigned = false;
    try {
      const body = Buffer.concat(chunks);
      const { expected, given } = expectedSignature({ method, target, headers, body }, SECRET);
      isSigned = expected === given;
    } catch {
      // Not signed at all.
    }
    response.writeHead(isSigned ? 200 : 403, { 'content-type': 'application/json' });
    response.end(isSigned ? `{"path":"${target}"}` : '{"message":"Forbidden"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** fetch would not let us say who we are. */
function ask(
  address: URL,
  { method = 'GET', headers = {}, body = '' },
): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(address, { method, headers }, async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { statusCode: status = 0, headers: answered } = incoming;
      resolve({ status, headers: answered, text: Buffer.concat(chunks).toString() });
    });
    outgoing.on('error', reject).end(body);
  });
}

describe('colony proxy', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const start = async () => {
    const gateway = await signedGateway();
    const output = recordingOutput();
    const stop = new AbortController();
    const send = createSignedFetch({
      region: 'eu-north-1',
      credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: SECRET }),
    });
    const done = proxyCommand({ url: gateway.url, port: 0 }, send, output, stop.signal);
    closing.push(gateway.close, () => {
      stop.abort();
      return done;
    });
    while (output.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const printed = new URL(String(output.lines[0]?.split(' ').at(-1)));
    return { gateway, printed, stop, done };
  };

  test('serves the browser that opens the printed address, with signed requests', async () => {
    const { gateway, printed } = await start();
    expect(printed.hostname).toBe('127.0.0.1');
    const welcome = await ask(printed, {});
    expect(welcome.status).toBe(303);
    const [cookie = ''] = String(welcome.headers['set-cookie']).split(';');

    const page = await ask(new URL(String(welcome.headers.location), printed), {
      headers: { cookie },
    });
    expect([page.status, page.text]).toEqual([200, '{"path":"/"}']);
    const paused = await ask(new URL('/colony-start?idempotency_key=a%20b', printed), {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', origin: printed.origin },
      body: '{"seed":7}',
    });
    expect(paused.status).toBe(200);
    expect(gateway.seen).toEqual(['GET /', 'POST /colony-start?idempotency_key=a%20b']);
  });

  test('refuses everybody else, and asks the colony nothing for them', async () => {
    const { gateway, printed } = await start();
    expect((await ask(new URL('/colony', printed), {})).status).toBe(401);
    const rebound = await ask(printed, { headers: { host: `evil.example:${printed.port}` } });
    expect(rebound.status).toBe(421);
    expect(gateway.seen).toEqual([]);
  });

  test('ends when it is told to, and frees its port', async () => {
    const { printed, stop, done } = await start();
    stop.abort();
    expect(await done).toBe(0);
    await expect(ask(printed, {})).rejects.toThrow('ECONNREFUSED');
  });

  test('a port that is in use is one clear line', async () => {
    const { printed } = await start();
    const options = { url: 'http://127.0.0.1:1', port: Number(printed.port) };
    const run = proxyCommand(options, fetch, recordingOutput(), new AbortController().signal);
    await expect(run).rejects.toThrow(`Port ${printed.port} is in use; choose another`);
  });
});
