import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import type { CheckpointPlace, ReplayHost } from '../../../services/cli/replay/run-replay.ts';
import { type VerifyOptions, verifyCommand } from '../../../services/cli/replay/verify.command.ts';
import {
  createSnapshotStore,
  snapshotStoreConfig,
} from '../../../services/platform/snapshots/create-snapshot-store.ts';
import type { SnapshotStore } from '../../../services/platform/snapshots/snapshot-store.ts';
import type { CheckpointView } from '../../../services/protocol/api/public-api.ts';
import {
  MANIFEST_MAX_BYTES,
  type Manifest,
  manifestSchema,
} from '../../../services/protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { injectEvent } from '../../simulation/colony-requests.ts';
import { publish } from '../../support/checkpoints.ts';
import { replayHost } from '../../support/kernel/replay-host.ts';
import { recordingOutput } from './fake-colony.ts';

/*
 * One colony with checkpoints at ticks with and without a stored digest, and with events before and after them.
 * It is paused, so that all tests find the same.
 */
let cluster: ColonyCluster;
let leader: CoordinatorMember;
/** Newest first. */
let kept: CheckpointView[];
/** The last tick with a digest. */
let lastTick: number;
/** A checkpoint of a planned move, of a tick that has no digest. */
let moved: CheckpointView;

async function ask<T>(path: string): Promise<T> {
  return (await (await cluster.during(leader.request(path))).json()) as T;
}

async function inject(key: string, event: object): Promise<void> {
  const { status } = await cluster.during(injectEvent(leader, key, event));
  expect(status).toBeLessThan(300);
}

beforeAll(async () => {
  cluster = new ColonyCluster({ checkpointIntervalSeconds: 1, checkpointMinTicks: 100 });
  const leaving = await cluster.addBackend();
  for (let i = 0; i < 2; i++) await cluster.addBackend();
  leader = await cluster.addCoordinator();
  await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
  await cluster.during(
    leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
  );
  await inject('E1', { kind: 'extraFood', amount: 3 });
  await inject('E2', { kind: 'ruleChange', rule: 'killChance', percent: 20 });
  await cluster.untilDigest(300);
  await inject('E3', { kind: 'extraFood', amount: -2, tick: 850 });
  expect(await cluster.during(leaving.backend.drain(20_000))).toBe(true);
  await cluster.untilDigest(900);
  await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
  await cluster.until(async () => (await cluster.view(leader)).phase === 'Paused', 'the pause');
  kept = await ask<CheckpointView[]>('/checkpoints');
  lastTick = (await ask<{ tick: number }[]>('/digests?from=0&limit=100')).at(-1)?.tick ?? 0;
  moved = kept.find(({ tick }) => tick % 100 !== 0)!;
});
afterAll(() => cluster.close());

const colonyFetch = (async (url, init) =>
  cluster.during(leader.request(String(url).replace(leader.origin, ''), init))) as typeof fetch;

async function verify(
  options: VerifyOptions,
  {
    fetchFunction = colonyFetch,
    ...more
  }: Partial<ReplayHost> & { fetchFunction?: typeof fetch } = {},
) {
  const output = recordingOutput();
  const paths: string[] = [];
  const fetchAndNote = ((url, init) => {
    paths.push(String(url).replace(leader.origin, ''));
    return fetchFunction(url, init);
  }) as typeof fetch;
  const client = new ApiClient(leader.origin, fetchAndNote);
  const openStore = async () => cluster.snapshots;
  const run = verifyCommand(client, options, output, replayHost({ openStore, ...more }));
  const result = await run.then(
    (exitCode) => ({ exitCode, text: output.lines.join('\n') }),
    (error) => ({ exitCode: error.exitCode, text: error.message }),
  );
  return { ...result, documents: output.documents, paths };
}

/** The colony, but for the checkpoints that it lists. */
const listing = (checkpoints: readonly CheckpointView[]): typeof fetch =>
  (async (url, init) =>
    String(url).endsWith('/checkpoints')
      ? Response.json(checkpoints)
      : colonyFetch(url, init)) as typeof fetch;

async function manifestOf({ manifest }: CheckpointView): Promise<Manifest> {
  const bytes = await cluster.snapshots.get(manifest.key, MANIFEST_MAX_BYTES);
  return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}

let attempts = 100;

/** The colony with a checkpoint of another manifest, which has the objects of the one that it is made of. */
async function falsified(
  checkpoint: CheckpointView,
  change: Partial<Manifest>,
): Promise<typeof fetch> {
  const manifest = await manifestOf(checkpoint);
  const other = { ...manifest, epoch: attempts++, ...change };
  const { manifest: ref } = await publish(cluster.snapshots, other);
  if (ref === undefined) throw new Error('it has no key');
  const folder = checkpoint.manifest.key.replace('manifest.json', '');
  for (const { key, sizeBytes } of await cluster.snapshots.list(folder)) {
    const bytes = await cluster.snapshots.get(key, sizeBytes);
    const copy = key.replace(folder, ref.key.replace('manifest.json', ''));
    await cluster.snapshots.putIfAbsent(copy, bytes!);
  }
  return listing([{ ...checkpoint, manifest: ref }]);
}

/** The store with one more fault. */
const storeWith = (get: SnapshotStore['get']): Partial<ReplayHost> => ({
  openStore: async () => ({
    get,
    getRange: (key, offset, lengthBytes) => cluster.snapshots.getRange(key, offset, lengthBytes),
  }),
});

const digestsFrom = (tick: number) => (lastTick - Math.ceil(tick / 100) * 100) / 100 + 1;

const rowsFrom = (tick: number, every: number) =>
  Math.floor(lastTick / every) - Math.ceil(tick / every) + 1;
/** The digests, with that of the manifest, and the rows of statistics and of surveys. */
const comparedFrom = (tick: number) =>
  `${1 + digestsFrom(tick)} digests and ${rowsFrom(tick, 20) + rowsFrom(tick, 500)} rows`;

describe('colony verify --from', () => {
  test.each([false, true])(
    'checkpoint begins at the newest one (--reference: %s)',
    async (reference) => {
      const [newest] = kept;
      const { exitCode, text, paths } = await verify({ from: 'checkpoint', reference });
      const tick = newest?.tick ?? -1;
      expect(text).toBe(
        `bit-identical from the checkpoint of tick ${tick} up to tick ${lastTick} (${comparedFrom(tick)} compared)`,
      );
      expect(exitCode).toBe(0);
      // Nothing is asked for that is in the checkpoint.
      const asked = paths.flatMap((path) => {
        const from = /^\/(?:digests|colony-events)\?from=(\d+)&/.exec(path)?.[1];
        return from === undefined ? [] : [Number(from)];
      });
      expect(Math.min(...asked)).toBe(tick);
    },
  );

  test.each([false, true])(
    'TICK begins before an injected event that is still to come (--reference: %s)',
    async (reference) => {
      const oldest = kept.at(-1)!;
      expect(oldest.tick).toBeLessThan(850);
      const { exitCode, text } = await verify({ from: oldest.tick + 1, reference });
      expect(text).toContain(`from the checkpoint of tick ${oldest.tick} up to tick ${lastTick} `);
      expect(exitCode).toBe(0);
    },
  );

  test('of a tick without a stored digest compares with the next one', async () => {
    const { tick } = moved;
    const { exitCode, text } = await verify({ from: tick });
    expect(text).toBe(
      `bit-identical from the checkpoint of tick ${tick} up to tick ${lastTick} (${comparedFrom(tick)} compared)`,
    );
    expect(exitCode).toBe(0);
  });

  test('and --to compares no further, and --json says where it began', async () => {
    const { tick } = moved;
    const to = Math.ceil(tick / 100) * 100;
    const { documents } = await verify({ from: tick, to, json: true });
    expect(documents).toEqual([
      expect.objectContaining({ identical: true, tick: to, compared: 2, fromCheckpoint: tick }),
    ]);
  });

  test('finds a stored digest that is another, at the tick of the checkpoint too', async () => {
    const { tick, digest } = kept.find((one) => one.tick % 100 === 0)!;
    const fetchFunction = (async (url, init) => {
      const answer = await colonyFetch(url, init);
      const isDigests = String(url).includes('/digests');
      return isDigests
        ? Response.json(JSON.parse((await answer.text()).replace(digest, '0'.repeat(16))))
        : answer;
    }) as typeof fetch;
    const { exitCode, text } = await verify({ from: tick }, { fetchFunction });
    expect(text).toBe(
      `differs at tick ${tick}: stored 0000000000000000, replayed from the checkpoint of tick ${tick} ${digest}`,
    );
    expect(exitCode).toBe(1);
  });

  test('finds cells that are not those of the manifest', async () => {
    const { tick, digest } = moved;
    const fetchFunction = await falsified(moved, { digest: '0'.repeat(16) });
    const { exitCode, text } = await verify({ from: tick }, { fetchFunction });
    expect(text).toBe(
      `differs at tick ${tick}: the checkpoint of tick ${tick} has 0000000000000000 in its manifest, its cells ${digest}`,
    );
    expect(exitCode).toBe(1);
  });

  test('reads the data folder of a local colony', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'verify-from-'));
    try {
      const none = { awsRegion: undefined, snapshotBucket: undefined };
      const files = createSnapshotStore(
        snapshotStoreConfig({ platform: 'local', dataDir, ...none }),
      );
      for (const { key, sizeBytes } of await cluster.snapshots.list('')) {
        await files.putIfAbsent(key, (await cluster.snapshots.get(key, sizeBytes))!);
      }
      const opened: CheckpointPlace[] = [];
      const openStore = async (place: CheckpointPlace) => {
        opened.push(place);
        return files;
      };
      const { exitCode } = await verify({ from: 'checkpoint', dataDir }, { openStore });
      expect([exitCode, opened]).toEqual([0, [{ dataDir }]]);
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});

describe('colony verify --from says in one line', () => {
  test('that the checkpoint is not where it was looked for, exit code 2', async () => {
    const { exitCode, text } = await verify(
      { from: moved.tick },
      storeWith(async () => undefined),
    );
    expect(text).toBe(
      `The checkpoint of tick ${moved.tick} is not in the data folder .colony: say with --data-dir or --bucket where this colony keeps its checkpoints.`,
    );
    expect(exitCode).toBe(2);
  });

  test('that the store does not answer, exit code 2', async () => {
    const away = storeWith(async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'the bucket does not answer: ECONNREFUSED');
    });
    const options = { from: 'checkpoint', bucket: 'b-1', region: 'eu-west-1' } as const;
    const { exitCode, text } = await verify(options, away);
    expect(text).toBe('STORE_UNAVAILABLE: the bucket does not answer: ECONNREFUSED.');
    expect(exitCode).toBe(2);
  });

  test('that an object is damaged, exit code 1', async () => {
    const damaged = storeWith(async (key, maxBytes) => {
      const bytes = await cluster.snapshots.get(key, maxBytes);
      if (bytes !== undefined && !key.endsWith('manifest.json')) bytes[100]! ^= 1;
      return bytes;
    });
    const { exitCode, text } = await verify({ from: moved.tick }, damaged);
    expect(text).toMatch(
      /^CHECKPOINT_UNREADABLE: the checkpoint object \S+ of backend-\d \(shard \d+, rows 0 to 15\): the cells are damaged: their SHA-256 is another\. Verify from an earlier one .*\.$/,
    );
    expect(exitCode).toBe(1);
  });

  test.each([
    [
      'instance',
      { colonyInstanceId: 'another' },
      'its colonyInstanceId is another, that of the colony ',
    ],
    ['tick', { tick: 1 }, 'its tick is 1, that of the colony '],
    ['size', { width: 48 }, 'its width is 48, that of the colony 96'],
    ['shards', { shardSize: 8 }, 'its shardSize is 8, that of the colony 16'],
  ])('that the manifest is of another %s, exit code 1', async (_what, change, problem) => {
    const fetchFunction = await falsified(moved, change);
    const { exitCode, text } = await verify({ from: moved.tick }, { fetchFunction });
    expect(text).toContain(`CHECKPOINT_UNREADABLE: the manifest `);
    expect(text).toContain(problem);
    expect(exitCode).toBe(1);
  });

  test('that it is of another engine version, exit code 1', async () => {
    const fetchFunction = await falsified(moved, { engineVersion: 999 });
    const { exitCode, text } = await verify({ from: moved.tick }, { fetchFunction });
    expect(text).toContain('it is of engine version 999, this build has ');
    expect(exitCode).toBe(1);
  });

  test('that none is old enough, exit code 1', async () => {
    const { exitCode, text } = await verify({ from: 0 });
    expect(text).toMatch(/^No checkpoint of tick 0 or before is kept, the oldest is of tick \d+/);
    expect(exitCode).toBe(1);
  });

  test('that there is none yet, exit code 1', async () => {
    const { exitCode, text } = await verify({ from: 'checkpoint' }, { fetchFunction: listing([]) });
    expect(text).toBe('No checkpoint has been taken yet: verify without --from.');
    expect(exitCode).toBe(1);
  });
});
