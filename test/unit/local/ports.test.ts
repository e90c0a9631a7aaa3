import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { LocalError } from '../../../services/local/local-error.ts';
import {
  chooseCoordinatorPorts,
  firstFree,
  portsAfter,
  tryPort,
} from '../../../services/local/ports.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

async function occupy(): Promise<number> {
  const { port } = await tryPort(0);
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

test('further ports are looked for above the highest taken one, never above 65535', () => {
  expect(portsAfter([8083]).slice(0, 2)).toEqual([8084, 8085]);
  expect(portsAfter([8083, 8090])[0]).toBe(8091);
  expect(portsAfter([65_534])).toEqual([65_535]);
  expect(portsAfter([65_535])).toEqual([]);
});

test('port 0 stands for any free port', async () => {
  const [port] = await chooseCoordinatorPorts(0, 1, 0);
  expect(port).toBeGreaterThan(0);
});

test('a further coordinator skips a port that is in use', async () => {
  const taken = await occupy();
  const { port: free } = await tryPort(0);
  expect(await firstFree([taken, free])).toBe(free);
  expect(await firstFree([taken])).toBeUndefined();
});

test('a port that becomes free within the patience is taken', async () => {
  const taken = await occupy();
  const choice = chooseCoordinatorPorts(taken, 1, 20_000);
  servers.pop()?.close();
  expect(await choice).toEqual([taken]);
});

test('a first port in use is one clear line that names the port and what to do', async () => {
  const taken = await occupy();
  const failure = await chooseCoordinatorPorts(taken, 1, 0).catch((error) => error);
  expect(failure).toBeInstanceOf(LocalError);
  expect(failure.message).toBe(
    `Port ${taken} is in use: end the process that listens there, or choose another one with --port.`,
  );
});
