import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localFindings } from '../../../services/cli/doctor/local-checks.ts';
import { localLook } from '../../../services/cli/doctor/local-look.ts';
import { openDataFolder } from '../../../services/local/data-folder.ts';
import { lookHere } from '../../../services/local/store-look.ts';
import { fetchDirectly } from '../../../services/platform/rpc/direct.ts';
import { PROTOCOL_VERSION } from '../../../services/protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import { openStoreIn } from '../../support/store/disk-store.ts';
import { put, RECORD, recordText } from '../../support/store/store-workload.ts';
import { colonyView } from '../../unit/cli/colony-view.fixture.ts';
import { FakeColony } from './fake-colony.ts';

const build = {
  ...{ who: 'this command', version: '0.1.0' },
  ...{ protocolVersion: PROTOCOL_VERSION, engineVersion: ENGINE_VERSION },
};
const version = { ...build, name: 'distributed-colony', node: process.version };

let parent = '';
let dataDir = '';
const closing: (() => unknown)[] = [];
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'colony-doctor-'));
  dataDir = path.join(parent, 'data');
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(parent, { recursive: true, force: true });
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address at which nothing listens any more. */
async function freeUrl(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

async function found(check: string, url?: string) {
  const plan = { dataDir, isSigned: false, build, oldestNode: '20.19.0' };
  const look = localLook({ send: fetchDirectly, look: lookHere });
  const findings = await localFindings({ ...plan, url: url ?? (await freeUrl()) }, look);
  return findings.find((finding) => finding.check === check);
}

describe('where there is no colony', () => {
  test('folder, store and address are in order, and nothing is made', async () => {
    for (const check of ['data folder', 'store', 'address', 'disk']) {
      expect(await found(check)).toMatchObject({ level: 'ok' });
    }
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('a data folder', () => {
  test('that a launch holds is said to be held, by whom', async () => {
    const launch = await openDataFolder(dataDir);
    closing.push(() => launch.release());
    expect(await found('data folder')).toMatchObject({
      level: 'ok',
      says: expect.stringContaining(`pid ${process.pid}`),
    });
    expect(await found('address')).toMatchObject({ level: 'warning' });
  });

  test('whose store is damaged has a problem, and what to do', async () => {
    await (await openDataFolder(dataDir)).release();
    const store = await openStoreIn(dataDir);
    await put(store, RECORD, recordText(1));
    await store.close();
    expect(await found('store')).toMatchObject({ level: 'ok' });
    const folder = path.join(dataDir, 'store');
    for (const name of readdirSync(folder).filter((file) => /\.(log|ldb)$/.test(file))) {
      truncateSync(path.join(folder, name), 0);
    }
    expect(await found('store')).toMatchObject({
      level: 'problem',
      remedy: expect.stringContaining('store discard'),
    });
  });
});

describe('an address', () => {
  test('at which something else listens is a problem', async () => {
    const server = createServer((_, response) => response.end('hello'));
    const url = await listening(server);
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    expect(await found('address', url)).toMatchObject({
      level: 'problem',
      says: expect.stringContaining('in use'),
    });
  });

  test('at which a colony answers is in order, with all that it says', async () => {
    const colony = await new FakeColony({
      'GET /colony': [{ body: colonyView({ leader: null }) }],
      'GET /version': [{ body: version }],
    }).listen();
    closing.push(() => colony.close());
    for (const check of ['address', 'clock skew', 'versions']) {
      expect(await found(check, colony.url)).toMatchObject({ level: 'ok' });
    }
    expect(await found('leader', colony.url)).toMatchObject({ level: 'problem' });
  });

  test('at which a colony refuses is a problem, in its words', async () => {
    const body = {
      title: 'No store',
      status: 503,
      code: 'STORE_UNAVAILABLE',
      detail: 'it is away',
    };
    const colony = await new FakeColony({ 'GET /colony': [{ status: 503, body }] }).listen();
    closing.push(() => colony.close());
    expect(await found('address', colony.url)).toMatchObject({
      level: 'problem',
      says: 'STORE_UNAVAILABLE: No store: it is away',
    });
  });
});

describe('a process', () => {
  test.each([
    [200, { status: 'ok' }, undefined],
    [503, { status: 'unhealthy', reason: 'a thread has ended' }, 'a thread has ended'],
    [500, 'oh', 'HTTP 500'],
  ])('that answers %d is asked what it lacks', async (status, body, why) => {
    const one = await new FakeColony({ 'GET /healthz': [{ status, body }] }).listen();
    closing.push(() => one.close());
    expect(await localLook({ send: fetchDirectly }).illness(one.url)).toBe(why);
  });

  test('that has ended does not answer', async () => {
    const why = await localLook({ send: fetchDirectly }).illness(await freeUrl());
    expect(why).toBe('no answer (ECONNREFUSED)');
  });
});
