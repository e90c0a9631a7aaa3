import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createHttpApp } from '../../services/coordinator/http/app.ts';
import type { ColonyApi } from '../../services/coordinator/http/colony-api.ts';
import { SystemClock } from '../../services/platform/runtime/system-clock.ts';
import { MemoryLog } from '../simulation/memory-log.ts';

/**
 * A full Chromium, as distributions package it.
 *
 * @param more of its flags.
 */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      // WebGL without a graphics card.
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** The public API and the built page over a service, on a port of loopback. */
export async function serve(service: ColonyApi, port = 0) {
  const app = createHttpApp({
    service,
    log: new MemoryLog(),
    clock: new SystemClock(),
    name: 'browser-test',
    id: 'coordinator-1',
    version: {
      name: 'distributed-colony',
      version: '0.1.0',
      engineVersion: 1,
      protocolVersion: 1,
      node: process.version,
    },
    allowedHosts: [],
    ownAddresses: [],
    assetsDir: path.resolve('dist'),
    requestId: () => crypto.randomUUID(),
  });
  const server: Server = createServer(getRequestListener(app.fetch));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { origin, port: (server.address() as AddressInfo).port, close };
}

/** What a page must not do: complain, or ask another host. */
export function watch(page: Page, origin: string) {
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:')) foreign.push(url);
  });
  return { complaints, foreign };
}
