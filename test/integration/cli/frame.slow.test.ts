import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { type FrameOptions, frameCommand } from '../../../services/cli/pictures/frame.command.ts';
import type { CheckpointView, ColonyView } from '../../../services/protocol/api/public-api.ts';
import {
  type ColonyEvent,
  injectedEventsOf,
} from '../../../services/protocol/colony/colony-event.ts';
import type { Layer } from '../../../services/world/measuring/layers.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { injectEvent } from '../../simulation/colony-requests.ts';
import { replayHost } from '../../support/kernel/replay-host.ts';
import { frameOf } from '../../support/pictures.ts';
import { recordingOutput } from './fake-colony.ts';

/* One colony with checkpoints and an event between them; it is paused, so that all tests find the same. */
let cluster: ColonyCluster;
let leader: CoordinatorMember;
let colony: ColonyView;
/** Newest first. */
let kept: CheckpointView[];
let events: ColonyEvent[];
let folder: string;

async function ask<T>(path: string): Promise<T> {
  return (await (await cluster.during(leader.request(path))).json()) as T;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'frame-'));
  cluster = new ColonyCluster({ checkpointIntervalSeconds: 1, checkpointMinTicks: 100 });
  for (let i = 0; i < 3; i++) await cluster.addBackend();
  leader = await cluster.addCoordinator();
  await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
  await cluster.during(
    leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
  );
  const { status } = await cluster.during(
    injectEvent(leader, 'E1', { kind: 'ruleChange', rule: 'killChance', percent: 20 }),
  );
  expect(status).toBeLessThan(300);
  await cluster.untilDigest(900);
  await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
  await cluster.until(async () => (await cluster.view(leader)).phase === 'Paused', 'the pause');
  kept = await ask('/checkpoints');
  events = await ask('/colony-events?from=0&limit=200');
  colony = await ask('/colony');
});
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true });
});

let files = 0;

async function frame({ layer = 'colour', ...options }: Partial<FrameOptions>) {
  const file = join(folder, `${files++}.png`);
  const output = recordingOutput();
  const fetchFunction = (async (url, init) =>
    cluster.during(leader.request(String(url).replace(leader.origin, ''), init))) as typeof fetch;
  const client = new ApiClient(leader.origin, fetchFunction);
  const host = replayHost({ openStore: async () => cluster.snapshots });
  const result = await frameCommand(
    client,
    { layer, out: file, json: true, ...options },
    output,
    host,
  ).then(
    (exitCode) => ({ exitCode, text: output.lines.join('\n') }),
    (error) => ({ exitCode: error.exitCode, text: error.message }),
  );
  const [document] = output.documents as { fromCheckpoint: number | null; tick: number }[];
  return { ...result, file, document };
}

/** The colours that a picture file has, without alpha, beside how wide it is. */
async function pixelsOf(file: string) {
  const { width, height, data } = PNG.sync.read(await readFile(file));
  return { width, height, rgba: new Uint8Array(data) };
}

/** The picture of the world in one piece. */
function expected(tick: number, layer: Layer, part: Partial<FrameOptions> = {}) {
  const spec = colony.spec!;
  const world = new SingleWorld(spec, { events: injectedEventsOf(events) });
  while (world.tick < tick) world.step();
  return frameOf(world, layer, part);
}

describe('colony frame --tick', () => {
  test.each([
    ['colour', false],
    ['food', false],
    ['age', false],
    ['health', true],
  ] as const)('shows the layer %s as it was (--reference: %s)', async (layer, reference) => {
    const { exitCode, file } = await frame({ tick: 137, layer, reference });
    expect(exitCode).toBe(0);
    expect(await pixelsOf(file)).toEqual(expected(137, layer));
  });

  test('begins at the newest checkpoint that leads there', async () => {
    const second = kept.at(-2)!;
    const { document } = await frame({ tick: second.tick + 30 });
    expect(document).toMatchObject({ fromCheckpoint: second.tick, tick: second.tick + 30 });
  });

  test('of the tick of a checkpoint needs no tick', async () => {
    const [newest] = kept;
    const { document, file } = await frame({ tick: newest!.tick });
    expect(document?.fromCheckpoint).toBe(newest!.tick);
    expect(await pixelsOf(file)).toEqual(expected(newest!.tick, 'colour'));
  });

  test('begins at genesis before the first checkpoint, and where it is told to', async () => {
    expect((await frame({ tick: 3 })).document?.fromCheckpoint).toBeNull();
    const told = await frame({ tick: kept[0]!.tick, from: 'genesis' });
    expect(told.document?.fromCheckpoint).toBeNull();
    expect(await pixelsOf(told.file)).toEqual(expected(kept[0]!.tick, 'colour'));
  });

  test('shows a part of the world at a scale', async () => {
    const part = { x: 5, y: 7, width: 20, height: 11, scale: 3 };
    const { file } = await frame({ tick: 50, layer: 'size', ...part });
    expect(await pixelsOf(file)).toEqual(expected(50, 'size', part));
  });

  test.each<[string, Partial<FrameOptions>, number, RegExp]>([
    ['a tick to come', { tick: 1_000_000 }, 1, /^Tick 1000000 is to come: the colony is at tick /],
    ['who owned a cell', { tick: 5, layer: 'owner' }, 2, /^Who owned a cell is no part /],
    ['a part beyond the edge', { tick: 5, x: 30, width: 900 }, 2, /reach beyond/],
    ['a start after the tick', { tick: 5, from: 6 }, 2, /^--from 6 is after tick 5/],
    ['a file that cannot be written', { tick: 5, out: '/dev/null/x.png' }, 2, /cannot be written/],
  ])('refuses %s in one line', async (_, options, exitCode, text) => {
    const result = await frame(options);
    expect(result).toMatchObject({ exitCode, text: expect.stringMatching(text) });
  });
});

test('colony frame shows the present as the colony does', async () => {
  const { exitCode, document, file } = await frame({ layer: 'health' });
  expect(exitCode).toBe(0);
  expect(document?.tick).toBe(colony.tick);
  expect(await pixelsOf(file)).toEqual(expected(colony.tick!, 'health'));
});

test('colony frame says in a line what it wrote where', async () => {
  const { text, file } = await frame({ tick: 100, json: false });
  const { width, height } = colony.spec!;
  expect(text).toBe(`${file}: colour at tick 100, ${width} x ${height} pixels`);
});
