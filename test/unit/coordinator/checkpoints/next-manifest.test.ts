import { describe, expect, test } from 'vitest';
import {
  keptOf,
  type ManifestInput,
  nextManifest,
} from '../../../../services/coordinator/checkpoints/next-manifest.ts';
import { KEPT_MAX, manifestSchema } from '../../../../services/protocol/checkpoint/manifest.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { type Changes, EMPTY_CHANGES } from '../../../../services/world/measuring/changes.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import {
  AT,
  DIGEST,
  keptAt,
  manifestAt,
  ORIGIN,
  reportOf,
  TOPOLOGY,
} from './checkpoint-fixture.ts';

const HOUR_MS = 3_600_000;
const later = (ms: number) => new Date(Date.parse(AT) + ms).toISOString();

const manifestOf = (change: Partial<ManifestInput> = {}) =>
  nextManifest({
    topology: TOPOLOGY,
    epoch: 3,
    tick: 500,
    reports: [reportOf(0, 500), reportOf(1, 500)],
    eventSeq: 7,
    previous: undefined,
    budgetBytes: 1_000_000,
    at: AT,
    ...change,
  });

/** One that is stored under the hash `f…`. */
const storedOf = (change: Parameters<typeof manifestAt>[1] = {}, tick = 400) => ({
  manifest: manifestAt(tick, change),
  pointer: { tick, epoch: 1, topologyVersion: 1, sha256: 'f'.repeat(64) },
  key: 'manifest.json',
});

const stateOrigin = new Timeline(DEFAULT_WORLD_SPEC).originHere(0);

describe('the manifest of a checkpoint', () => {
  test('names the state, its size and its digest, the sums over the parts', () => {
    expect(manifestOf()).toMatchObject({
      engineVersion: ENGINE_VERSION,
      colonyInstanceId: TOPOLOGY.colonyInstanceId,
      ...{ tick: 500, epoch: 3, topologyVersion: 1, at: AT },
      ...{ width: 64, height: 32, shardSize: 16 },
      ...{ sizeBytes: 200, digest: DIGEST, kept: [], leaving: [] },
      origin: { ...ORIGIN, eventSeq: 7 },
    });
  });

  describe('of a state without a sample', () => {
    const births = (count: number) => ({ ...EMPTY_CHANGES, births: count });
    const reports = [3, 4].map((count, i) =>
      reportOf(i, 507, { part: { changes: births(count) } }),
    );
    const startingAt = (tick: number, changes?: Changes) => ({
      ...TOPOLOGY,
      origin: { ...stateOrigin, tick, ...(changes && { changes }) },
    });

    test('has what happened since the last sample', () => {
      const manifest = manifestOf({ tick: 507, reports });
      expect(manifest.origin.changes).toEqual(births(7));
      expect(manifestSchema.parse(manifest)).toEqual(manifest);
    });

    test('adds what happened before its topology, if that started after the last sample', () => {
      const changesFrom = (topology: typeof TOPOLOGY) =>
        manifestOf({ tick: 507, reports, topology }).origin.changes;
      expect(changesFrom(startingAt(503, births(5)))).toEqual(births(12));
      expect(changesFrom(startingAt(503))).toBeUndefined();
      expect(changesFrom(startingAt(500))).toEqual(births(7));
      expect(changesFrom(startingAt(499))).toEqual(births(7));
    });

    test('hands on what its topology started with, if nothing has happened since', () => {
      const topology = startingAt(507, births(5));
      const untold = [reportOf(0, 507), reportOf(1, 507)];
      const { origin } = manifestOf({ tick: 507, reports: untold, topology });
      expect(origin.changes).toEqual(births(5));
    });

    test('has none where a backend did not tell them', () => {
      const some = [reportOf(0, 507), reportOf(1, 507, { part: { changes: births(1) } })];
      expect(manifestOf({ tick: 507, reports: some }).origin).not.toHaveProperty('changes');
    });
  });

  test('is what its readers take', () => {
    expect(manifestSchema.parse(manifestOf())).toEqual(manifestOf());
  });

  test('vouches for its rules and events: the digest is that of the cells alone', () => {
    const { origin, ...rest } = manifestOf();
    const rules = { ...origin.conditions.rules, maxFood: origin.conditions.rules.maxFood - 1 };
    for (const damaged of [
      { ...origin, eventSeq: origin.eventSeq + 1 },
      { ...origin, conditions: { ...origin.conditions, rules } },
    ]) {
      const { error } = manifestSchema.safeParse({ ...rest, origin: damaged });
      expect(error?.issues).toMatchObject([
        { path: ['origin'], message: 'its SHA-256 is another' },
      ]);
    }
  });

  test('is the same in whatever order the reports came', () => {
    const reports = [reportOf(1, 500), reportOf(0, 500)];
    expect(manifestOf({ reports })).toEqual(manifestOf());
  });

  test('has a digest that wraps at 64 bits as that of the world does', () => {
    const reports = [
      reportOf(0, 500, { part: { digest: 'f'.repeat(16) } }),
      reportOf(1, 500, { part: { digest: '0000000000000003' } }),
    ];
    expect(manifestOf({ reports }).digest).toBe('0000000000000002');
  });

  test('is not made where a part is missing', () => {
    expect(() => manifestOf({ reports: [reportOf(0, 500)] })).toThrow(
      'the parts have 4 shards of 8',
    );
  });

  test('is not made where a part has a shard too many', () => {
    const reports = [reportOf(0, 500), reportOf(1, 500, { part: { shards: 5 } })];
    expect(() => manifestOf({ reports })).toThrow('the parts have 9 shards of 8');
  });

  test('is not made of no parts', () => {
    expect(() => manifestOf({ reports: [] })).toThrow('the parts have 0 shards of 8');
  });

  test.each([
    ['rules', { ...ORIGIN.conditions, rules: { ...ORIGIN.conditions.rules, maxFood: 1 } }],
    ['terrain', { ...ORIGIN.conditions, terrainNumber: 1 }],
  ])('is not made where backends differ in their %s, and names them', (_what, conditions) => {
    const other = reportOf(1, 500, { origin: { ...ORIGIN, conditions } });
    expect(() => manifestOf({ reports: [reportOf(0, 500), other] })).toThrow(
      'backends b0 and b1 have other rules or random events',
    );
  });

  test('is not made where backends differ in what comes at random', () => {
    const schedule = { ...ORIGIN.schedule, silentUntil: ORIGIN.schedule.silentUntil + 1 };
    const other = reportOf(1, 500, { origin: { ...ORIGIN, schedule } });
    expect(() => manifestOf({ reports: [reportOf(0, 500), other] })).toThrow(/b0 and b1/);
  });

  test('keeps the one before, by the hash that points at it, and those that it kept', () => {
    const previous = storedOf({ kept: [keptAt(300)] });
    const { kept } = manifestOf({ previous });
    expect(kept).toEqual([keptAt(300), keptOf(previous)]);
    expect(kept[1]).toMatchObject({ tick: 400, sha256: 'f'.repeat(64), sizeBytes: 200, at: AT });
  });

  test('drops those of its tick and beyond, where the world had to start from an older one', () => {
    const previous = storedOf({ kept: [keptAt(300), keptAt(350), keptAt(390)] });
    const { kept, leaving } = manifestOf({ previous, tick: 350 });
    expect(kept).toEqual([keptAt(300)]);
    expect(leaving.map(({ tick, leftAt }) => [tick, leftAt])).toEqual([
      [350, AT],
      [390, AT],
      [400, AT],
    ]);
  });

  test('drops what earlier topologies had beyond where its world starts, though it is of a later tick', () => {
    const previous = storedOf({ kept: [keptAt(300), keptAt(350)] });
    const topology = { ...TOPOLOGY, topologyVersion: 9, origin: { ...stateOrigin, tick: 300 } };
    const { kept, leaving } = manifestOf({ previous, topology });
    expect(kept).toEqual([keptAt(300)]);
    expect(leaving.map(({ tick }) => tick)).toEqual([350, 400]);
  });

  test('never lists itself', () => {
    const previous = storedOf({ kept: [keptAt(300)] });
    const { kept, leaving } = manifestOf({ previous, budgetBytes: 1 });
    expect(kept).toEqual([]);
    expect(leaving.map(({ tick }) => tick)).toEqual([400]);
  });

  test('says of those that it drops when they left', () => {
    const { leaving } = manifestOf({ previous: storedOf(), budgetBytes: 300 });
    expect(leaving).toEqual([{ ...keptOf(storedOf()), leftAt: AT }]);
  });

  test('lists those that left for an hour, for restores that began before', () => {
    const leaving = [
      { ...keptAt(100), leftAt: later(0) },
      { ...keptAt(200), leftAt: later(1) },
    ];
    const manifest = manifestOf({ previous: storedOf({ leaving }), at: later(HOUR_MS) });
    expect(manifest.leaving).toEqual([leaving[1]]);
  });

  test('lists of those that left no more than the budget holds, the last ones', async () => {
    const leaving = [100, 200, 300].map((tick) => ({ ...keptAt(tick), leftAt: AT }));
    const manifest = manifestOf({ previous: storedOf({ leaving }), budgetBytes: 500 });
    expect(manifest.kept.map(({ tick }) => tick)).toEqual([400]);
    expect(manifest.leaving.map(({ tick }) => tick)).toEqual([200, 300]);
  });

  test('stays within the bounds of its lists', () => {
    const tiny = { sizeBytes: 0 };
    const leaving = Array.from({ length: KEPT_MAX }, (_, i) => ({
      ...keptAt(i, tiny),
      leftAt: AT,
    }));
    const manifest = manifestOf({ previous: storedOf({ leaving }), budgetBytes: 300 });
    expect(manifest.leaving).toHaveLength(KEPT_MAX);
    expect(manifest.leaving.at(-1)).toMatchObject({ tick: 400 });
    expect(manifestSchema.safeParse(manifest)).toMatchObject({ success: true });
  });
});
