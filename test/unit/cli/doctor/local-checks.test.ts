import { describe, expect, test } from 'vitest';
import type { ColonyLook } from '../../../../services/cli/doctor/colony-look.ts';
import {
  type LocalLook,
  type LocalPlan,
  localFindings,
} from '../../../../services/cli/doctor/local-checks.ts';
import { PROTOCOL_VERSION } from '../../../../services/protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { colonyView } from '../colony-view.fixture.ts';

const URL = 'http://127.0.0.1:8083';
const build = {
  ...{ who: 'this command', version: '1.0.0' },
  ...{ protocolVersion: PROTOCOL_VERSION, engineVersion: ENGINE_VERSION },
};
const PLAN: LocalPlan = {
  ...{ dataDir: '/data', url: URL, isSigned: false, build, oldestNode: '20.19.0' },
};
const SILENT: ColonyLook = { type: 'silent', message: 'nothing listens there' };
const ANSWERS: ColonyLook = {
  type: 'answers',
  view: colonyView(),
  version: { ...build, name: 'distributed-colony', node: 'v24.0.0' },
};
const entry = {
  ...{ id: 'b1', bootId: 'boot', address: '127.0.0.1', rpcPort: 9001, httpPort: 9001 },
  ...{ startedAt: 'now', version: '1.0.0', protocolVersion: PROTOCOL_VERSION },
};

/** A machine on which all is well and nothing runs. */
function machine(more: Partial<LocalLook> = {}): LocalLook {
  return {
    node: () => ({ version: '24.0.0', hasZstd: true }),
    clock: () => ({ wallMs: Date.UTC(2026, 10, 30), monotonicMs: 0 }),
    memory: () => ({ totalBytes: 16e9, freeBytes: 8e9 }),
    folder: async (path) => ({ path, is: 'ours' }),
    store: async () => ({ lines: ['store  whole'], problem: undefined }),
    disk: async () => ({ freeBytes: 100e9, checkpointBytes: 0 }),
    port: async () => 'free',
    colony: async () => SILENT,
    processes: async () => [],
    illness: async () => undefined,
    ...more,
  };
}
const held: LocalLook['folder'] = async (path) => ({ path, is: 'ours', heldBy: { pid: 7 } });

async function found(check: string, more: Partial<LocalLook>, plan: Partial<LocalPlan> = {}) {
  const findings = await localFindings({ ...PLAN, ...plan }, machine(more));
  return findings.find((finding) => finding.check === check);
}

test('a machine on which nothing runs has nothing wrong', async () => {
  const findings = await localFindings(PLAN, machine());
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
});

test('a store that a launch uses is not looked at', async () => {
  const store = async () => {
    throw new Error('it was looked at');
  };
  expect(await found('store', { folder: held, store })).toMatchObject({ level: 'ok' });
});

describe('the address', () => {
  test('of a colony that answers is in order', async () => {
    const port = async () => {
      throw new Error('the port was tried');
    };
    const finding = await found('address', { colony: async () => ANSWERS, port });
    expect(finding).toMatchObject({ level: 'ok' });
  });

  test('at which nothing listens while a launch runs is a warning', async () => {
    expect(await found('address', { folder: held })).toMatchObject({
      level: 'warning',
      remedy: expect.stringContaining('--url'),
    });
  });

  test.each(['in use', 'denied'] as const)('whose port is %s is a problem', async (state) => {
    const finding = await found('address', { port: async () => state });
    expect(finding).toMatchObject({ level: 'problem', remedy: expect.stringContaining('--port') });
  });

  test('of a colony that refuses is a problem in its words', async () => {
    const colony = async (): Promise<ColonyLook> => ({
      ...{ type: 'refuses', isColony: true, message: 'STORE_UNAVAILABLE: it is away' },
    });
    expect(await found('address', { colony, port: async () => 'in use' })).toMatchObject({
      level: 'problem',
      says: 'STORE_UNAVAILABLE: it is away',
    });
  });

  test('elsewhere that does not answer is a problem, and no port of this machine', async () => {
    const finding = await found('address', {}, { url: 'https://colony.example.org' });
    expect(finding).toMatchObject({ level: 'problem', says: 'nothing listens there' });
  });

  test('without a port is tried at that of its kind', async () => {
    const tried: number[] = [];
    const port = async (number: number) => {
      tried.push(number);
      return 'free' as const;
    };
    await found('address', { port }, { url: 'http://localhost' });
    expect(tried).toEqual([80]);
  });
});

describe('processes', () => {
  const processes = async () => [{ role: 'backend' as const, entry }];

  test('that do not answer are named', async () => {
    const illness = async (origin: string) => `no answer at ${origin}`;
    expect(await found('processes', { folder: held, processes, illness })).toMatchObject({
      level: 'problem',
      says: expect.stringContaining('backend b1: no answer at http://127.0.0.1:9001'),
    });
  });

  test('that a killed launch has left in the folder are not asked', async () => {
    expect(await found('processes', { processes })).toBeUndefined();
  });

  test('of another build are named', async () => {
    const old = async () => [{ role: 'backend' as const, entry: { ...entry, protocolVersion: 1 } }];
    const look = { folder: held, processes: old, colony: async () => ANSWERS };
    expect(await found('versions', look)).toMatchObject({
      level: 'problem',
      says: expect.stringContaining('backend b1 is 1.0.0 (protocol version 1'),
    });
  });
});

describe('the world that is to fit', () => {
  const memory = () => ({ totalBytes: 1e9, freeBytes: 1e9 });

  test('is that of the flags', async () => {
    const finding = await found('memory', { memory }, { width: 20_000, height: 20_000 });
    expect(finding).toMatchObject({ level: 'problem' });
  });

  test('is that of the colony that answers', async () => {
    const view = colonyView();
    const spec = { ...view.spec, width: 20_000, height: 20_000 } as typeof view.spec;
    const colony = async (): Promise<ColonyLook> => ({ ...ANSWERS, view: { ...view, spec } });
    expect(await found('memory', { memory, colony })).toMatchObject({ level: 'problem' });
  });
});
