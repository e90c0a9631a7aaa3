import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  damage,
  expectNoTickTwice,
  expectUndisturbed,
  killEverything,
  logged,
  newestBeforeStart,
  OFTEN,
  objectsOf,
  startedAgainFrom,
  untilAllTick,
  untilCheckpoint,
  untilColony,
  untilItTicks,
} from './checkpoints.fixture.ts';
import { signal, smallWorld, Workbench } from './local-mode.fixture.ts';
import { SmallDisk } from './small-disk.fixture.ts';

/** Real processes that are killed or told to end, and what is kept of their world on a real disk. */

const bench = new Workbench();
let disk: SmallDisk | undefined;
afterEach(async () => {
  disk?.unmount();
  disk = undefined;
  await bench.clear();
});

describe('a colony that loses processes goes on from its newest checkpoint, with the same digests', () => {
  test('one backend', async () => {
    const dataDir = bench.folder();
    const launch = bench.small(dataDir, '--backends', '3', ...OFTEN);
    const client = await launch.running();
    await untilCheckpoint(client, 300);
    const { tick, backends } = await untilAllTick(client, 3);
    signal(backends[0]?.pid, 'SIGKILL');
    await untilColony(client, 'it is replaced', ({ topologyVersion }) => topologyVersion === 2);
    await untilItTicks(client, (tick ?? 0) + 200);
    const lines = logged(dataDir, 'coordinator');
    expect(startedAgainFrom(lines)).toEqual([String(newestBeforeStart(lines))]);
    await expectUndisturbed(client);
  });

  test('all of them, and the same command after it', async () => {
    const dataDir = bench.folder();
    const first = bench.small(dataDir, '--backends', '2', ...OFTEN);
    const client = await first.running();
    await untilCheckpoint(client, 400);
    const { colonyInstanceId, tick } = await client.colony();
    await killEverything(first);

    const second = bench.small(dataDir, '--backends', '2', ...OFTEN);
    const resumed = await second.running();
    const [, from] = await second.until(/resuming colony \S+ from its checkpoint of tick (\d+)/);
    const view = await untilItTicks(resumed, (tick ?? 0) + 200);
    expect(view).toMatchObject({ colonyInstanceId, generation: 1 });
    const lines = logged(dataDir, 'coordinator');
    expect(startedAgainFrom(lines)).toEqual([from]);
    expect(Number(from)).toBeGreaterThanOrEqual(newestBeforeStart(lines) ?? Number.NaN);
    await expectUndisturbed(resumed);
  });

  test('all of them, from the checkpoint before a damaged one, which is said once', async () => {
    const dataDir = bench.folder();
    const first = bench.small(dataDir, '--backends', '2', ...OFTEN);
    const client = await first.running();
    await untilCheckpoint(client, (await untilCheckpoint(client, 200)) + 1);
    await client.pause();
    const paused = await untilColony(client, 'it stands, and writes nothing', (view) => {
      return view.phase === 'Paused' && view.checkpoint?.writingTick === null;
    });
    const [newest, before] = await client.checkpoints();
    await killEverything(first);
    const objects = objectsOf(dataDir, newest?.tick ?? 0);
    expect(objects).toHaveLength(2);
    damage(objects[0] ?? '');

    const second = bench.small(dataDir, '--backends', '2', ...OFTEN);
    const resumed = await second.running();
    const stands = await untilColony(resumed, 'it is where it stood', ({ phase, tick }) => {
      return phase === 'Paused' && tick === paused.tick;
    });
    expect(stands.colonyInstanceId).toBe(paused.colonyInstanceId);
    const lines = logged(dataDir, 'coordinator');
    expect(startedAgainFrom(lines)).toEqual([newest, before].map((one) => String(one?.tick)));
    const errors = lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ msg }) => msg)).toEqual([
      `the checkpoint of tick ${newest?.tick} cannot be restored; the one before is used`,
    ]);
    expect(errors[0]?.reason).toMatch(/ of backend-\w+ \(shard \d+, rows /);
    await resumed.resume();
    await untilItTicks(resumed, (paused.tick ?? 0) + 200);
    await expectUndisturbed(resumed);
  });
});

describe('a backend that is told to end', () => {
  test('hands its shards over, ends with 0, and gets some again when it is back; no tick is computed twice', async () => {
    const dataDir = bench.folder();
    const launch = bench.small(dataDir, '--backends', '3', ...OFTEN);
    const client = await launch.running();
    await untilCheckpoint(client, 100);
    const { backends } = await untilAllTick(client, 3);
    const leaving = backends[0];
    signal(leaving?.pid, 'SIGTERM');
    await launch.until(
      new RegExp(`\\(pid ${leaving?.pid}\\) ended with code 0, starting it again`),
    );
    const without = await untilColony(client, 'two hold all', ({ backends: left, phase }) => {
      return phase === 'Ticking' && left.length === 2;
    });
    expect(without.backends.map(({ id }) => id)).not.toContain(leaving?.id);
    const again = await untilColony(
      client,
      'the newcomer has some',
      ({ topologyVersion, phase }) => {
        return phase === 'Ticking' && topologyVersion === 3;
      },
    );
    expect(again.backends).toHaveLength(3);
    await untilItTicks(client, again.tick ?? 0);

    expect(expectNoTickTwice(dataDir)).toHaveLength(2);
    await expectUndisturbed(client);
  });
});

describe('a folder of checkpoints', () => {
  const canMount = SmallDisk.canMount();

  test.skipIf(!canMount).each([
    ['on a full disk', () => disk?.fill(), () => disk?.empty(), /is full: ENOSPC/],
    [
      'that nobody may write to',
      () => disk?.setWritable(false),
      () => disk?.setWritable(true),
      /must not be written to by this process: EROFS/,
    ],
  ])(
    '%s stops nothing, is said, and is used again once it can be',
    async (_, breakIt, mendIt, said) => {
      const dataDir = bench.folder();
      const launch = bench.small(dataDir, '--backends', '2', '--no-colony-start', ...OFTEN);
      const client = await launch.running();
      mkdirSync(path.join(dataDir, 'snapshots'), { mode: 0o700 });
      disk = SmallDisk.mount(path.join(dataDir, 'snapshots'));
      await client.start('key-1', 25, { ...smallWorld });
      const last = await untilCheckpoint(client, 100);
      breakIt();
      const failed = await untilColony(client, 'it is said', ({ checkpoint }) => {
        return said.test(checkpoint?.failure?.reason ?? '');
      });
      expect(failed.checkpoint?.failure?.reason).toMatch(/^backend-\w+: /);
      await untilItTicks(client, (failed.tick ?? 0) + 200);
      mendIt();
      const mended = await untilColony(client, 'a later one is whole', ({ checkpoint }) => {
        return checkpoint?.failure === null && (checkpoint.tick ?? 0) > last;
      });
      expect(mended.topologyVersion).toBe(1);
      expect(launch.said).not.toMatch(/starting it again/);
      await expectUndisturbed(client);
    },
  );
});
