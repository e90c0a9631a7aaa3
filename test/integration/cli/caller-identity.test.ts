import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callerIdentity } from '../../../services/cli/doctor/aws/aws-look.ts';

const NOW_MS = Date.UTC(2026, 10, 30);

let server: Server | undefined;
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** An STS that answers each request so. */
async function endpointOf(status: number, body: string): Promise<string> {
  server = createServer((_, response) => {
    const date = new Date(NOW_MS).toUTCString();
    response.writeHead(status, { 'content-type': 'text/xml', date }).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (endpoint: string) =>
  callerIdentity({ region: 'eu-central-1', endpoint }, () => NOW_MS);

test('an identity comes with the time that AWS has', async () => {
  const endpoint = await endpointOf(
    200,
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
  );
  expect(await ask(endpoint)).toEqual({
    arn: 'arn:aws:iam::1:user/me',
    date: { dateMs: NOW_MS, sentMs: NOW_MS, receivedMs: NOW_MS },
  });
});

test('credentials that are refused are refused with the name and the time that AWS gives', async () => {
  const endpoint = await endpointOf(
    403,
    '<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>not valid</Message></Error></ErrorResponse>',
  );
  expect(await ask(endpoint)).toMatchObject({
    error: { name: 'InvalidClientTokenId' },
    date: { dateMs: NOW_MS },
  });
});
