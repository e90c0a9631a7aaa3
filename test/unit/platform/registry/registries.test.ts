import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FileRegistry } from '../../../../services/platform/registry/file-registry.ts';
import {
  createSsmClient,
  SsmRegistry,
} from '../../../../services/platform/registry/ssm-registry.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import {
  brokenEntriesContract,
  entryOf,
  registryContract,
} from '../../../support/contracts/registry-contract.ts';
import { fakeParameterStore } from '../../../support/fakes/fake-parameter-store.ts';
import {
  type ThrottlingServer,
  throttlingServer,
} from '../../../support/fakes/throttling-server.ts';

describe('the registry in memory', () => {
  registryContract(async () => new MemoryRegistry());
});

describe('the registry in files', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const create = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colony-registry-'));
    folders.push(folder);
    const log = new MemoryLog();
    return { folder, log, registry: new FileRegistry(folder, log) };
  };

  registryContract(async () => (await create()).registry);

  brokenEntriesContract(async () => {
    const { folder, log, registry } = await create();
    return {
      registry,
      warnings: () => log.messages('warn'),
      async plant(bootId, text) {
        const role = join(folder, 'registry', 'backends');
        mkdirSync(role, { recursive: true });
        const leader = join(folder, 'registry', 'coordinator.json');
        writeFileSync(bootId === 'leader' ? leader : join(role, `${bootId}.json`), text);
      },
    };
  });

  test('files and folders are for their owner only, and no temporary one is left', async () => {
    const { folder, registry } = await create();
    await registry.put('backends', entryOf(1));
    const role = join(folder, 'registry', 'backends');
    expect(readdirSync(role)).toEqual([`${entryOf(1).bootId}.json`]);
    expect(statSync(join(role, `${entryOf(1).bootId}.json`)).mode & 0o777).toBe(0o600);
    expect(statSync(role).mode & 0o777).toBe(0o700);
  });

  test('files that are no entries are not read', async () => {
    const { folder, log, registry } = await create();
    await registry.put('backends', entryOf(1));
    writeFileSync(join(folder, 'registry', 'backends', '.half-written.json'), '{');
    writeFileSync(join(folder, 'registry', 'backends', 'README'), 'x');
    expect(await registry.list('backends')).toEqual([entryOf(1)]);
    expect(log.lines).toEqual([]);
  });

  test('entries that vanish while they are listed do no harm', async () => {
    const { log, registry } = await create();
    for (let i = 0; i < 60; i++) await registry.put('backends', entryOf(i));
    const [listed] = await Promise.all([
      registry.list('backends'),
      ...Array.from({ length: 60 }, (_, i) => registry.remove('backends', entryOf(i).bootId)),
    ]);
    expect(listed.length).toBeLessThanOrEqual(60);
    expect(await registry.list('backends')).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  test('an entry that is written again and again is always read whole', async () => {
    const { log, registry } = await create();
    await registry.put('backends', entryOf(1));
    const write = async () => {
      for (let i = 0; i < 50; i++)
        await registry.put('backends', entryOf(1, { rpcPort: 9_000 + i }));
    };
    const read = async () => {
      for (let i = 0; i < 50; i++) expect(await registry.list('backends')).toHaveLength(1);
    };
    await Promise.all([write(), read()]);
    expect(log.lines).toEqual([]);
  });
});

describe('the registry in the parameter store', () => {
  const create = async () => {
    const { client, values } = fakeParameterStore();
    const log = new MemoryLog();
    return { values, log, registry: new SsmRegistry(client, 'reef', log) };
  };

  registryContract(async () => (await create()).registry);

  brokenEntriesContract(async () => {
    const { values, log, registry } = await create();
    return {
      registry,
      warnings: () => log.messages('warn'),
      async plant(bootId, text) {
        const path = bootId === 'leader' ? 'coordinator' : `backends/${bootId}`;
        values.set(`/colony/reef/${path}`, text);
      },
    };
  });

  test('parameters stand under the name of their colony', async () => {
    const { values, registry } = await create();
    await registry.put('coordinators', entryOf(1));
    await registry.putLeader(entryOf(1));
    expect([...values.keys()]).toEqual([
      `/colony/reef/coordinators/${entryOf(1).bootId}`,
      '/colony/reef/coordinator',
    ]);
  });

  test('entries of another colony are not listed', async () => {
    const { values, registry } = await create();
    values.set(`/colony/reef2/backends/${entryOf(1).bootId}`, JSON.stringify(entryOf(1)));
    expect(await registry.list('backends')).toEqual([]);
  });

  describe('that throttles', () => {
    let server: ThrottlingServer;
    afterEach(() => server.close());

    const registryAt = ({ endpoint }: ThrottlingServer) =>
      new SsmRegistry(createSsmClient({ region: 'local', endpoint }), 'reef', new MemoryLog());
    const parameterOf = (number: number) => ({
      Name: `/colony/reef/backends/${entryOf(number).bootId}`,
      Value: JSON.stringify(entryOf(number, { rpcPort: 9_000 })),
    });

    test('a call that is refused is made again', async () => {
      server = await throttlingServer(
        (call) => call === 0,
        () => ({ Parameters: [parameterOf(1)] }),
      );
      expect(await registryAt(server).list('backends')).toMatchObject([{ id: 'process-1' }]);
      expect(server.counts).toEqual({ throttled: 1, answered: 1 });
    });

    test('1,000 entries on 100 pages are listed although one call in 50 is refused', async () => {
      server = await throttlingServer(
        (call) => call % 50 === 49,
        (action, { NextToken = '0' }) => {
          const from = action === 'GetParametersByPath' ? Number(NextToken) : Number.NaN;
          const Parameters = Array.from({ length: 10 }, (_, i) => parameterOf(from + i));
          return { Parameters, ...(from < 990 && { NextToken: String(from + 10) }) };
        },
      );
      const entries = await registryAt(server).list('backends');
      expect(new Set(entries.map(({ bootId }) => bootId)).size).toBe(1_000);
      expect(server.counts).toEqual({ throttled: 2, answered: 100 });
    });

    test('whether a process is registered costs one call, however many are', async () => {
      server = await throttlingServer(
        () => false,
        () => ({ Parameter: parameterOf(1) }),
      );
      expect(await registryAt(server).has('backends', entryOf(1).bootId)).toBe(true);
      expect(server.counts.answered).toBe(1);
    });
  });
});
