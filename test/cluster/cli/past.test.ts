import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import FileSystemStore from '@zarrita/storage/fs';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { get, open, root } from 'zarrita';
import type { ApiClient } from '../../../services/cli/client/api-client.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';
import { decodedPng, frameOf, pictureOf } from '../../support/pictures.ts';
import {
  colony,
  eventually,
  type Launch,
  smallWorldFlags,
  Workbench,
} from '../local-mode.fixture.ts';

/** What the command line makes of the past of a colony that is there, against a world in one piece. */

const bench = new Workbench();
let launch: Launch;
let client: ApiClient;
let dataDir: string;
let folder: string;
let spec: WorldSpec;
/** Ticks of stored pictures and of the newest checkpoint, which is above 0. */
let pictures: number[];
let checkpoint: number;

beforeAll(async () => {
  vi.stubEnv('COLONY_PICTURE_INTERVAL_SECONDS', '1');
  dataDir = bench.folder();
  folder = path.dirname(dataDir);
  const often = ['--checkpoint-interval-seconds', '1', '--backends', '2'];
  launch = bench.launch([
    ...['--port', '0', '--data-dir', dataDir, ...smallWorldFlags, '--pace', '100'],
    ...[...often, '--json'],
  ]);
  client = await launch.running();
  await eventually('two pictures and a digest after a checkpoint', async () => {
    const stored = (await client.pictures()).pictures;
    const [newest] = await client.checkpoints();
    return stored.length >= 2 && newest !== undefined && newest.tick >= 200;
  });
  await client.pause();
  await eventually('it stands', async () => (await client.colony()).phase === 'Paused');
  spec = (await client.colony()).spec!;
  pictures = (await client.pictures()).pictures.map(({ tick }) => tick);
  checkpoint = (await client.checkpoints())[0]!.tick;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await bench.clear();
});

/** A command for this colony, and the one document that it prints. */
async function told(...args: string[]): Promise<Record<string, unknown>> {
  const { code, said } = await colony(...args, '--json', '--url', client.url);
  expect({ code, said }).toMatchObject({ code: 0 });
  return JSON.parse(said) as Record<string, unknown>;
}
const inFolder = (name: string) => path.join(folder, name);

function worldAt(tick: number): SingleWorld {
  const world = new SingleWorld(spec);
  while (world.tick < tick) world.step();
  return world;
}

test('a launch with --json prints one document, with the address', async () => {
  const { colonyInstanceId } = await client.colony();
  const [line = '', ...more] = launch.stdout.split('\n');
  expect(more.join('')).toBe('');
  expect(JSON.parse(line)).toEqual({
    ...{ url: client.url, urls: [client.url], dataDir, colonyInstanceId },
  });
});

test('frame --tick shows the world as it was, from a checkpoint and from genesis', async () => {
  const tick = checkpoint + 3 > (await client.colony()).tick! ? checkpoint : checkpoint + 3;
  const frame = frameOf(worldAt(tick), 'health');
  for (const from of ['checkpoint', 'genesis'] as const) {
    const out = inFolder(`${from}.png`);
    const begin = from === 'genesis' ? ['--from', 'genesis'] : [];
    const place = ['--data-dir', dataDir, '--out', out];
    const facts = await told('frame', '--tick', `${tick}`, '--layer', 'health', ...place, ...begin);
    expect(facts).toMatchObject({ tick, fromCheckpoint: from === 'genesis' ? null : checkpoint });
    const { width, height, data } = PNG.sync.read(readFileSync(out));
    expect({ width, height, rgba: new Uint8Array(data) }).toEqual(frame);
  }
});

test('export pictures writes those that are stored', async () => {
  const out = inFolder('pictures');
  expect(await told('export', 'pictures', '--out', out)).toMatchObject({ ticks: pictures });
  const [first] = readdirSync(out).sort();
  expect(decodedPng(readFileSync(path.join(out, first!)))).toEqual(
    pictureOf(worldAt(pictures[0]!)),
  );
});

test('export layers writes cells as they were', async () => {
  const out = inFolder('layers.zarr');
  const range = ['--tick', '50', '--to', '150', '--every', '100', '--layers', 'food'];
  await told('export', 'layers', ...range, '--data-dir', dataDir, '--out', out);
  const array = await open(root(new FileSystemStore(out)).resolve('food'), { kind: 'array' });
  const { data } = await get(array, [1, null, null]);
  const cells = data as Uint32Array;
  let sum = 0;
  for (const food of cells) sum += food;
  const world = worldAt(150);
  expect([cells.length, sum]).toEqual([spec.width * spec.height, world.statistics().food]);
});

test('export statistics writes what the API answers', async () => {
  for (const [format, type] of [
    ['csv', 'text/csv'],
    ['parquet', 'application/vnd.apache.parquet'],
  ] as const) {
    const out = inFolder(`statistics.${format}`);
    await told('export', 'statistics', '--format', format, '--points', '500', '--out', out);
    const answer = await fetch(`${client.url}/statistics?points=500`, {
      headers: { accept: type },
    });
    expect(readFileSync(out)).toEqual(Buffer.from(await answer.arrayBuffer()));
  }
});
