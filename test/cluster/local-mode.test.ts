import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openDataFolder } from '../../services/local/data-folder.ts';
import { formatDigest } from '../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { disorderTable, fillMergingStore } from '../support/store/unmergeable-store.ts';
import {
  colony,
  digestsTo,
  eventually,
  isAlive,
  isListening,
  logLines,
  signal,
  smallWorld,
  smallWorldFlags,
  Workbench,
} from './local-mode.fixture.ts';

const LAST_TICK = 300;
const expected: string[] = [];
const bench = new Workbench();

beforeAll(async () => {
  const world = new SingleWorld({ ...DEFAULT_WORLD_SPEC, ...smallWorld });
  for (let tick = 0; tick <= LAST_TICK; tick += 100) {
    while (world.tick < tick) world.step();
    expected.push(`${tick} ${formatDigest(world.digest())}`);
  }
});
afterEach(() => bench.clear());

const portOf = (url: string) => Number(new URL(url).port);

describe('a normal start', () => {
  test('npm start ticks a colony that verify finds bit-identical, with clean logs', async () => {
    const dataDir = bench.folder();
    const launch = bench.launch(
      ['--port', '0', '--data-dir', dataDir, ...smallWorldFlags],
      ['scripts/start.mjs'],
    );
    const client = await launch.running();
    expect(await digestsTo(client, LAST_TICK)).toEqual(expected);

    const verified = await colony('verify', '--url', client.url, '--to', String(LAST_TICK));
    expect(verified.said).toContain(`bit-identical up to tick ${LAST_TICK} (4 digests and `);
    expect(verified.code).toBe(0);

    await launch.until(/tick [\d ]+ · .*ticks\/s · population [\d ]+ · 4 backends/);
    for (const step of ['store', 'coordinators', 'backends', 'start']) {
      expect(launch.stdout).toContain(`✓ ${step}`);
    }
    expect(await launch.interrupt()).toEqual({ code: 0, signal: null });

    const lines = logLines(dataDir);
    expect(lines.length).toBeGreaterThan(10);
    const forbidden =
      /topology not initiali[sz]ed|backend colony not initiali[sz]ed|shard not available/i;
    expect(lines.filter((line) => forbidden.test(line))).toEqual([]);
    const troubled = /"level":("warn"|"error"|"fatal"|[456]0)|^\S+: (?!\{)/;
    expect(lines.filter((line) => troubled.test(line))).toEqual([]);
  });

  test.each([1, 2, 7])('%i backends give the digests of one process', async (backends) => {
    const launch = bench.small(bench.folder(), '--backends', String(backends));
    const client = await launch.running();
    expect(await digestsTo(client, LAST_TICK)).toEqual(expected);
    expect((await client.colony()).backends).toHaveLength(backends);
  });

  test('a second coordinator takes a port of its own and shows the same colony', async () => {
    const launch = bench.small(bench.folder(), '--coordinators', '2', '--backends', '2');
    await launch.running();
    const [, first = '', second = ''] = await launch.until(/✓ coordinators\s+(\S+), (\S+)/);
    const views = await Promise.all(
      [first, second].map((url) => colony('status', '--json', '--url', url)),
    );
    const instances = views.map(({ said }) => JSON.parse(said).colonyInstanceId);
    expect(instances[0]).toBeTruthy();
    expect(instances[1]).toBe(instances[0]);
  });

  test('what is asked for on the same machine is not compressed', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2');
    const { url } = await launch.running();
    const of = async (headers: Record<string, string>) => {
      const answer = await fetch(`${url}/tiles`, { headers });
      expect(answer.status).toBe(200);
      return answer.headers.get('content-encoding');
    };
    expect(await of({ 'accept-encoding': 'gzip' })).toBeNull();
    expect(await of({ 'accept-encoding': 'gzip', via: '1.1 elsewhere' })).toBe('gzip');
  });

  test('--no-colony-start leaves the start to the person', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2', '--no-colony-start');
    const client = await launch.running();
    expect((await client.colony()).status).toBe('NotInitialized');
    expect((await colony('start', '--url', client.url)).code).toBe(0);
    expect(await digestsTo(client, 100)).toEqual(expected.slice(0, 2));
  });
});

describe('an end', () => {
  test('Ctrl-C ends every process, frees the port and the folder, and exits with 0', async () => {
    const dataDir = bench.folder();
    const launch = bench.small(dataDir, '--backends', '2');
    const { url } = await launch.running();
    const children = launch.children();
    expect(children).toHaveLength(4);
    expect(await launch.interrupt()).toEqual({ code: 0, signal: null });
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(await isListening(portOf(url))).toBe(false);
    expect(launch.said).not.toContain('Error');
  });

  test('Ctrl-C while the store starts does not wait until its time is up', async () => {
    const launch = bench.small(bench.folder());
    await eventually('the store is a process', () => launch.children().length > 0);
    const interruptedMs = performance.now();
    expect((await launch.interrupt()).code).toBe(0);
    // The store may take 20 s to start, the processes 5 s to end.
    expect(performance.now() - interruptedMs).toBeLessThan(15_000);
  });

  test('a second Ctrl-C ends everything at once', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2');
    await launch.running();
    const children = launch.children();
    // A store that does not react would hold up the orderly end for 5 s.
    const store = children.find(({ command }) => command.includes('store.child.js'));
    signal(store?.pid, 'SIGSTOP');
    launch.process.kill('SIGINT');
    await launch.until(/Stopping/);
    expect((await launch.interrupt()).code).toBe(130);
    await eventually('they end', () => children.every(({ pid }) => !isAlive(pid)), 10_000);
  });

  test('kill -9 of the launcher ends all children, frees the port; the next launch resumes', async () => {
    const dataDir = bench.folder();
    const killed = bench.small(dataDir, '--backends', '2');
    const client = await killed.running();
    await digestsTo(client, 100);
    const { colonyInstanceId } = await client.colony();
    const children = killed.children();
    expect(children).toHaveLength(4);
    await killed.kill();

    const port = String(portOf(client.url));
    const next = bench.launch(['--port', port, '--data-dir', dataDir, ...smallWorldFlags]);
    const resumed = await next.running();
    expect(resumed.url).toBe(client.url);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect((await resumed.colony()).colonyInstanceId).toBe(colonyInstanceId);
    expect(await digestsTo(resumed, LAST_TICK)).toEqual(expected);
  });

  test('without a next launch the children of a killed one end as well', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2');
    const { url } = await launch.running();
    const children = launch.children();
    await launch.kill();
    await eventually('they end', () => children.every(({ pid }) => !isAlive(pid)), 15_000);
    expect(await isListening(portOf(url))).toBe(false);
  });
});

describe('what goes on', () => {
  test('a backend that is killed is started again and the colony goes on with the same digests', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2');
    const client = await launch.running();
    await digestsTo(client, 100);
    const backend = launch.children().find(({ command }) => command.includes('backend.js'));
    signal(backend?.pid, 'SIGKILL');
    await launch.until(/backend \d \(pid \d+\) was ended by SIGKILL, starting it again in 250 ms/);
    const { tick } = (await client.digests()).at(-1) ?? { tick: 0 };
    const later = Math.max(LAST_TICK, tick + 200);
    expect((await digestsTo(client, later)).slice(0, expected.length)).toEqual(expected);
    const verified = await colony('verify', '--url', client.url);
    expect(verified.said).toContain('bit-identical');
  });

  test('everything, when nobody reads what is printed any more', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2');
    const client = await launch.running();
    launch.process.stdout?.destroy();
    launch.process.stderr?.destroy();
    // It reports that, and nobody is there to read it.
    const backends = launch.children().filter(({ command }) => command.includes('backend.js'));
    signal(backends[0]?.pid, 'SIGKILL');
    await eventually('both backends tick again', async () => {
      const view = await client.colony();
      return view.phase === 'Ticking' && view.backends.length === 2 && view.topologyVersion > 1;
    });
    expect(isAlive(launch.pid)).toBe(true);
    expect(await launch.interrupt()).toEqual({ code: 0, signal: null });
  });

  test('a store and a coordinator that are killed come back on their ports', async () => {
    const launch = bench.small(bench.folder(), '--backends', '2');
    const client = await launch.running();
    await digestsTo(client, 100);
    for (const bundle of ['store.child.js', 'coordinator.js']) {
      const child = launch.children().find(({ command }) => command.includes(bundle));
      signal(child?.pid, 'SIGKILL');
    }
    await launch.until(/coordinator 1 \(pid \d+\) was ended by SIGKILL/);
    await launch.until(/store 1 \(pid \d+\) was ended by SIGKILL/);
    await eventually('it answers again', async () => (await client.isReady(500)) === true);
    expect(await digestsTo(client, LAST_TICK)).toEqual(expected);
  });

  test('a restart on the same folder resumes the same instance, says so, and keeps its spec', async () => {
    const dataDir = bench.folder();
    const first = bench.small(dataDir, '--backends', '2');
    const client = await first.running();
    await digestsTo(client, 100);
    const { colonyInstanceId } = await client.colony();
    await first.interrupt();

    const second = bench.small(dataDir, '--backends', '3', '--seed', '9', '--pace', '900');
    const resumed = await second.running();
    await second.until(/Its pace is 900 ticks\/s now, as --pace says; it was unlimited/);
    expect((await resumed.colony()).ticksPerSecond.asked).toBe(900);
    expect(second.stdout).toContain(`resuming colony ${colonyInstanceId}`);
    expect(second.stdout).toContain('resuming colony');
    expect(second.stdout).toContain('not the world flags: seed 1, not 9');
    expect((await resumed.colony()).colonyInstanceId).toBe(colonyInstanceId);
    expect(await digestsTo(resumed, LAST_TICK)).toEqual(expected);
  });
});

describe('what cannot be: one clear line and a non-zero exit', () => {
  async function refusal(...args: string[]): Promise<string> {
    const { code, said } = await colony('local', ...args);
    expect(code).toBe(2);
    const lines = said.trim().split('\n');
    expect(lines).toHaveLength(1);
    return lines[0] ?? '';
  }

  test('a folder that another launch holds', async () => {
    const dataDir = bench.folder();
    const launch = bench.small(dataDir, '--backends', '1');
    await launch.running();
    expect(await refusal('--port', '0', '--data-dir', dataDir)).toContain(
      `${dataDir} is in use by another launch`,
    );
  });

  test('a world that no memory holds, which the next launch on the folder does not try again', async () => {
    const dataDir = bench.folder();
    const world = ['--width', '65536', '--height', '65536', '--shard-size', '4096'];
    const refused = await colony('local', '--port', '0', '--data-dir', dataDir, ...world);
    expect(refused.code).toBe(2);
    expect(refused.said).toMatch(
      /WORLD_TOO_LARGE: .* needs at least 73\.0 GB of memory, 4 backends may use/,
    );
    const client = await bench.small(dataDir, '--backends', '1').running();
    expect(await client.colony()).toMatchObject({ generation: 1, spec: smallWorld });
  });

  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const line = await refusal('--port', String(port), '--data-dir', bench.folder());
    await new Promise((resolve) => server.close(resolve));
    expect(line).toContain(`Port ${port} is in use`);
    expect(line).toContain('--port');
  });

  test('a store that LevelDB cannot bear to look at', async () => {
    const dataDir = bench.folder();
    await (await openDataFolder(dataDir)).release();
    await fillMergingStore(dataDir);
    disorderTable(dataDir);
    // LevelDB may end the look before all is read, or after the damage is found: it merges meanwhile.
    expect(await refusal('--port', '0', '--data-dir', dataDir)).toMatch(
      /^colony: The store \S+ (cannot be read: LevelDB ended the look at it|is damaged: 1 entry)/m,
    );
  });

  test('a folder that cannot be written', async () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'colony-file-'));
    writeFileSync(path.join(parent, 'file'), '');
    const line = await refusal('--data-dir', path.join(parent, 'file', 'data'));
    rmSync(parent, { recursive: true });
    expect(line).toContain('cannot be written');
  });

  test.each([
    ['shards that do not divide the world', ['--shard-size', '240'], /divisor of the width 2000/],
    ['no backends', ['--backends', '0'], /from 1 to/],
    ['a port that is none', ['--port', '70000'], /from 0 to 65535/],
    ['a pace that is none', ['--pace', 'fast'], /ticks per second/],
    ['a name that is none', ['--name', 'Colony!'], /a-z/],
    ['a log level that is none', ['--log-level', 'loud'], /debug, info/],
    ['a flag that is none', ['--backend', '4'], /unknown option/],
  ])('%s', async (_what, args, message) => {
    expect(await refusal('--data-dir', bench.folder(), ...args)).toMatch(message);
  });
});
