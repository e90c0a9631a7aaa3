import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { colony, digestsTo, eventually, Workbench } from './local-mode.fixture.ts';
import { SmallDisk } from './small-disk.fixture.ts';

const bench = new Workbench();
afterEach(() => bench.clear());

describe('a store that lost something', () => {
  test.each([
    [
      'is gone',
      'store',
      /^colony: The store \S+ is gone, and there was one\. Known of it: .* Nothing was changed\./m,
    ],
    ['has no CURRENT', 'store/CURRENT', /^colony: The store \S+ cannot be read: its file CURRENT/m],
    ['has no mark', 'store.mark', /^colony: The mark beside the store \S+ is missing/m],
  ])(
    'and %s ends a launch at once, in one line, and begins no new colony',
    async (_, part, said) => {
      const dataDir = bench.folder();
      const first = bench.small(dataDir, '--backends', '1');
      await digestsTo(await first.running(), 100);
      await first.interrupt();
      rmSync(path.join(dataDir, part), { recursive: true });

      const second = bench.small(dataDir, '--backends', '1');
      expect((await second.ended).code).toBe(2);
      expect(second.stderr.trim().split('\n')).toHaveLength(2);
      expect(second.stderr).toMatch(said);
      expect((await colony('store', 'check', '--data-dir', dataDir)).code).toBe(1);

      expect((await colony('store', 'discard', '--data-dir', dataDir)).code).toBe(0);
      const third = bench.small(dataDir, '--backends', '1');
      await digestsTo(await third.running(), 0);
    },
  );
});

describe('a disk that is full', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'colony-disk-'));
  const dataDir = path.join(folder, 'data');
  const disk = SmallDisk.mount(folder);
  const whereMounted = test.skipIf(disk === undefined);
  afterEach(() => {
    disk?.empty();
    rmSync(dataDir, { recursive: true, force: true });
  });

  afterAll(() => {
    disk?.unmount();
    rmSync(folder, { recursive: true });
  });

  whereMounted('is named, ends no process, and the colony goes on once there is room', async () => {
    mkdirSync(dataDir);
    const launch = bench.small(dataDir, '--backends', '2');
    const client = await launch.running();
    await digestsTo(client, 100);
    const { colonyInstanceId } = await client.colony();
    const before = await client.digests();
    disk?.fill();
    await launch.until(/store 1: no space is left for \S+store \(ENOSPC\): \d+\.\d MiB free/);
    disk?.empty();
    await launch.until(/store 1 can be used again/, 20_000);
    await eventually('it ticks on', async () => {
      const { tick } = (await client.digests()).at(-1) ?? { tick: 0 };
      return tick > (before.at(-1)?.tick ?? 0) + 200;
    });
    expect((await client.digests()).slice(0, before.length)).toEqual(before);
    expect((await client.colony()).colonyInstanceId).toBe(colonyInstanceId);
    expect(launch.said).not.toMatch(/starting it again/);
    expect((await launch.interrupt()).code).toBe(0);
  });

  whereMounted('from the start is one clear line', async () => {
    disk?.fill();
    const launch = bench.small(dataDir);
    expect((await launch.ended).code).toBe(2);
    expect(launch.stderr).toMatch(
      /^colony: The data folder cannot be written: no space is left for \S+ \(ENOSPC\): 0\.0 MiB free, \d+\.\d MiB needed\.\n$/,
    );
  });
});
