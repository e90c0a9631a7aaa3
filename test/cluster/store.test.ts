import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { colony, digestsTo, eventually, Workbench } from './local-mode.fixture.ts';

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

/** A file system of its own, which fills up soon; undefined where none can be mounted. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'colony-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

/** Takes all the room there is; answers the file that does. */
function fill(folder: string): string {
  const file = path.join(folder, 'filler');
  writeFileSync(file, '');
  for (let bytes = 2 ** 20; bytes >= 1; bytes = Math.floor(bytes / 4)) {
    try {
      for (;;) appendFileSync(file, Buffer.alloc(bytes));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }
  return file;
}

describe('a disk that is full', () => {
  const disk = smallDisk();
  const whereMounted = test.skipIf(disk === undefined);
  afterEach(() => {
    for (const name of ['filler', 'data']) {
      rmSync(path.join(disk ?? '', name), { recursive: true, force: true });
    }
  });

  afterAll(() => {
    if (disk === undefined) return;
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  whereMounted('is named, ends no process, and the colony goes on once there is room', async () => {
    const dataDir = path.join(disk ?? '', 'data');
    mkdirSync(dataDir);
    const launch = bench.small(dataDir, '--backends', '2');
    const client = await launch.running();
    await digestsTo(client, 100);
    const { colonyInstanceId } = await client.colony();
    const before = await client.digests();
    const filler = fill(disk ?? '');
    await launch.until(/store 1: no space is left for \S+store \(ENOSPC\): \d+\.\d MiB free/);
    rmSync(filler);
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
    const dataDir = path.join(disk ?? '', 'data');
    fill(disk ?? '');
    const launch = bench.small(dataDir);
    expect((await launch.ended).code).toBe(2);
    expect(launch.stderr).toMatch(
      /^colony: The data folder cannot be written: no space is left for \S+ \(ENOSPC\): 0\.0 MiB free, \d+\.\d MiB needed\.\n$/,
    );
  });
});
