import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get, open, root } from 'zarrita';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import {
  exportLayersCommand,
  STATE_LAYERS,
} from '../../../services/cli/export/export-layers.command.ts';
import { exportPicturesCommand } from '../../../services/cli/export/export-pictures.command.ts';
import {
  exportTableCommand,
  TABLE_FORMATS,
} from '../../../services/cli/export/export-table.command.ts';
import type { ColonyView } from '../../../services/protocol/api/public-api.ts';
import { LAYER_BYTES, type Layer, sampleLayer } from '../../../services/world/measuring/layers.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { replayHost } from '../../support/kernel/replay-host.ts';
import { decodedPng, pictureOf } from '../../support/pictures.ts';
import { recordingOutput } from './fake-colony.ts';

/** The media types of the formats. */
const TYPES = {
  csv: 'text/csv',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
} as const;

/* One colony with pictures and checkpoints; it is paused, so that all tests find the same. */
let cluster: ColonyCluster;
let leader: CoordinatorMember;
let colony: ColonyView;
let ticks: number[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
  cluster = new ColonyCluster({ checkpointIntervalSeconds: 1, pictureIntervalSeconds: 1 });
  for (let i = 0; i < 2; i++) await cluster.addBackend();
  leader = await cluster.addCoordinator();
  await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
  await cluster.during(
    leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
  );
  const stored = async () => (await cluster.snapshots.list('pictures/')).length;
  await cluster.until(async () => (await stored()) >= 3, 'three pictures');
  await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
  await cluster.until(async () => (await cluster.view(leader)).phase === 'Paused', 'the pause');
  colony = await cluster.view(leader);
  const { pictures } = await client().pictures();
  ticks = pictures.map(({ tick }) => tick);
});
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

function client(): ApiClient {
  const fetchFunction = (async (url, init) =>
    cluster.during(leader.request(String(url).replace(leader.origin, ''), init))) as typeof fetch;
  return new ApiClient(leader.origin, fetchFunction);
}

const host = () => replayHost({ openStore: async () => cluster.snapshots });

async function run(command: (output: ReturnType<typeof recordingOutput>) => Promise<number>) {
  const output = recordingOutput();
  const result = await command(output).then(
    (exitCode) => ({ exitCode, text: output.lines.join('\n') }),
    (error) => ({ exitCode: error.exitCode, text: error.message }),
  );
  return { ...result, documents: output.documents };
}

describe('colony export pictures', () => {
  const pictures = (options: Partial<Parameters<typeof exportPicturesCommand>[1]>) =>
    run((output) =>
      exportPicturesCommand(
        client(),
        { format: 'png', framesPerSecond: 10, ...options },
        output,
        host(),
      ),
    );

  test('writes a PNG for each, named by its tick', async () => {
    const out = join(folder, 'series');
    const { exitCode, text } = await pictures({ out });
    expect(exitCode).toBe(0);
    expect(text).toMatch(`${out}: ${ticks.length} pictures of ticks ${ticks[0]} to `);
    const names = ticks.map((tick) => `${String(tick).padStart(10, '0')}.png`);
    expect(await readdir(out)).toEqual(names);
    const world = new SingleWorld(colony.spec!);
    while (world.tick < ticks[0]!) world.step();
    expect(decodedPng(await readFile(join(out, names[0]!)))).toEqual(pictureOf(world));
  });

  test('writes only those within bounds', async () => {
    const out = join(folder, 'bounded');
    const bounds = { from: ticks[1]!, to: ticks[1]! };
    const { documents } = await pictures({ out, ...bounds, json: true });
    expect(documents).toMatchObject([{ format: 'png', out, ticks: [ticks[1]] }]);
    expect(await readdir(out)).toHaveLength(1);
  });

  test('writes one animated PNG, which readers of PNGs show by its first frame', async () => {
    const out = join(folder, 'life.apng');
    expect(await pictures({ format: 'apng', out })).toMatchObject({ exitCode: 0 });
    const world = new SingleWorld(colony.spec!);
    while (world.tick < ticks[0]!) world.step();
    expect(decodedPng(await readFile(out))).toEqual(pictureOf(world));
  });

  test('leaves out what is removed meanwhile, and says so', async () => {
    const removed = `/pictures/${ticks[1]}?`;
    const thinned = new ApiClient(leader.origin, (async (url, init) =>
      String(url).includes(removed)
        ? Response.json({ title: 'gone', code: 'PICTURE_NOT_FOUND' }, { status: 404 })
        : cluster.during(
            leader.request(String(url).replace(leader.origin, ''), init),
          )) as typeof fetch);
    const kept = ticks.filter((_, i) => i !== 1);
    for (const [format, name] of [
      ['png', 'thinned'],
      ['apng', 'thinned.apng'],
    ] as const) {
      const output = recordingOutput();
      const out = join(folder, name);
      const options = { format, framesPerSecond: 10, out, json: true };
      expect(await exportPicturesCommand(thinned, options, output, host())).toBe(0);
      expect(output.documents).toMatchObject([{ ticks: kept }]);
      expect(output.notes).toEqual([
        `The picture of tick ${ticks[1]} was removed meanwhile, and is left out.`,
      ]);
    }
    expect(await readdir(join(folder, 'thinned'))).toHaveLength(kept.length);
    const animated = await readFile(join(folder, 'thinned.apng'));
    // The frames that it says it has, and those that it has.
    expect(animated.readUInt32BE(animated.indexOf('acTL') + 4)).toBe(kept.length);
    expect(animated.toString('latin1').split('fcTL')).toHaveLength(kept.length + 1);
  });

  test('refuses a folder with something in it, and ticks without pictures', async () => {
    await writeFile(join(folder, 'mine.txt'), 'mine');
    expect(await pictures({ out: folder })).toMatchObject({
      exitCode: 2,
      text: `${folder} is not empty: choose another folder with --out.`,
    });
    expect(await pictures({ from: 1_000_000 })).toMatchObject({
      exitCode: 1,
      text: 'No picture is stored of these ticks.',
    });
  });
});

describe('colony export layers', () => {
  const layers = (options: Partial<Parameters<typeof exportLayersCommand>[1]>) =>
    run((output) =>
      exportLayersCommand(
        client(),
        { tick: 0, every: 100, layers: STATE_LAYERS, ...options },
        output,
        host(),
      ),
    );

  function expected(world: SingleWorld, layer: Layer): number[] {
    const { width, height } = world.spec;
    const bytes = new Uint8Array(width * height * LAYER_BYTES[layer]);
    const rect = { x: 0, y: 0, width, height, scale: 1 };
    for (const block of world.blocks) {
      sampleLayer(block, layer, world.rules, world.tick, rect, 0, bytes);
    }
    const types = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };
    return [...new types[LAYER_BYTES[layer]](bytes.buffer)];
  }

  test('writes all layers of several ticks, as they were', async () => {
    const out = join(folder, 'layers.zarr');
    const { exitCode, text } = await layers({ out, tick: 30, to: 130, every: 50 });
    expect(exitCode).toBe(0);
    expect(text).toBe(`${out}: ${STATE_LAYERS.join(', ')} of 3 ticks`);
    const group = root(new FileSystemStore(out));
    const { attrs } = await open(group, { kind: 'group' });
    expect(attrs).toMatchObject({ colonyInstanceId: colony.colonyInstanceId });
    const tick = await get(await open(group.resolve('tick'), { kind: 'array' }));
    expect([...(tick.data as Uint32Array)]).toEqual([30, 80, 130]);
    // Other readers refuse an array that does not say what an empty chunk has.
    const metadata = JSON.parse(await readFile(join(out, 'tick', 'zarr.json'), 'utf8'));
    expect(metadata.fill_value).toBe(0);
    const world = new SingleWorld(colony.spec!);
    const { width, height } = world.spec;
    for (const [index, at] of [30, 80, 130].entries()) {
      while (world.tick < at) world.step();
      for (const layer of STATE_LAYERS) {
        const array = await open(group.resolve(layer), { kind: 'array' });
        expect(array.shape).toEqual([3, height, width]);
        expect(array.fillValue).toBe(0);
        const { data } = await get(array, [index, null, null]);
        expect([...(data as Uint32Array)]).toEqual(expected(world, layer));
      }
    }
  });

  test.each<[string, Parameters<typeof layers>[0], number, RegExp]>([
    ['a last tick before the first', { tick: 5, to: 4 }, 2, /^--to 4 is before --tick 5\.$/],
    ['too many ticks', { to: 1_000_000, every: 1 }, 2, /^1000001 ticks are too many/],
    ['a tick to come', { tick: 1_000_000 }, 1, /^Tick 1000000 is to come/],
  ])('refuses %s in a line', async (_, options, exitCode, text) => {
    const out = join(folder, `refused-${text.source.length}`);
    const result = await layers({ out, ...options });
    expect(result).toMatchObject({ exitCode, text: expect.stringMatching(text) });
  });
});

describe.each(['statistics', 'surveys'] as const)('colony export %s', (table) => {
  test.each(TABLE_FORMATS)('writes as %s what the API answers, byte for byte', async (format) => {
    const out = join(folder, `${table}.${format}`);
    const options = { format, points: 100, from: 100, to: 600, out, json: true };
    const { exitCode, documents } = await run((output) =>
      exportTableCommand(client(), table, options, output),
    );
    expect(exitCode).toBe(0);
    const answer = await cluster.during(
      leader.request(`/${table}?points=100&from=100&to=600`, {
        headers: { Accept: TYPES[format] },
      }),
    );
    expect(answer.headers.get('content-type')).toBe(TYPES[format]);
    const answered = Buffer.from(await answer.arrayBuffer());
    expect(answered.length).toBeGreaterThan(100);
    expect(await readFile(out)).toEqual(answered);
    expect(documents).toEqual([{ format, out, sizeBytes: answered.length, incomplete: null }]);
  });
});

test('colony export says where rows are missing that cannot be read now', async () => {
  const out = join(folder, 'lacking.csv');
  const headers = { 'Colony-Incomplete': 'STORE_UNAVAILABLE' };
  const lacking = new ApiClient(
    leader.origin,
    (async () => new Response('tick\n', { headers })) as typeof fetch,
  );
  const options = { format: 'csv', points: 100, out, json: true } as const;
  const { exitCode, documents } = await run((output) =>
    exportTableCommand(lacking, 'statistics', options, output),
  );
  expect(exitCode).toBe(1);
  expect(documents).toMatchObject([{ out, incomplete: 'STORE_UNAVAILABLE' }]);
  expect(await readFile(out, 'utf8')).toBe('tick\n');
});
