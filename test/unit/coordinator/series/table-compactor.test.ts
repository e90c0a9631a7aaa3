import { beforeEach, describe, expect, test } from 'vitest';
import { keptOf } from '../../../../services/coordinator/series/levels-kept.ts';
import { TableCompactor } from '../../../../services/coordinator/series/table-compactor.ts';
import { TableReader } from '../../../../services/coordinator/series/table-reader.ts';
import { segmentTicks } from '../../../../services/protocol/series/levels.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { everyRow, INSTANCE, Stores, TABLE } from './rows.fixture.ts';

const SEGMENT = segmentTicks(TABLE, 0);
const noCheck = () => {};

describe('a table that is compacted', () => {
  let stores: Stores;
  beforeEach(() => {
    stores = new Stores();
  });

  const compact = (opened = stores.open()) =>
    new TableCompactor(opened.store, opened.segments, INSTANCE).compact(noCheck);
  const read = async (points = 10_000, from = 0) => {
    const { store } = stores.open();
    const reader = new TableReader({
      store,
      clock: new VirtualClock(),
      colonyInstanceId: INSTANCE,
    });
    return reader.read({ points, from }, []);
  };
  const kept = async () => keptOf(TABLE, await stores.open().segments.list(INSTANCE)).slice(0, 3);
  const items = async () => (await stores.log.list(INSTANCE)).map(({ tick }) => tick);

  test('has all its rows in segments, but for the newest', async () => {
    await stores.append(0, 6 * SEGMENT + 5_000);
    expect(await compact()).toBe(6 * SEGMENT + 5_000);
    expect(await kept()).toEqual([[0, 1, 2, 3, 4, 5].map((i) => i * SEGMENT), [0], []]);
    expect((await items())[0]).toBeGreaterThan(6 * SEGMENT);
    const { rows, everyTicks } = await read();
    expect(everyTicks).toBe(20);
    expect(rows).toEqual(everyRow(0, 6 * SEGMENT + 5_000));
    const coarse = await read(5_000);
    expect([coarse.everyTicks, coarse.rows]).toEqual([80, everyRow(1, 6 * SEGMENT + 5_000)]);
    expect((await read(100)).rows).toEqual(everyRow(3, 6 * SEGMENT + 5_000));
  });

  test('keeps its newest item where it ends with a segment: it tells how far rows are stored', async () => {
    await stores.append(0, SEGMENT);
    await compact();
    expect((await items()).at(-1)).toBe(SEGMENT);
    await stores.append(SEGMENT + 20, SEGMENT + 20);
    await compact();
    expect(await items()).toEqual([SEGMENT + 20]);
    expect(await stores.open().store.storedThroughTick(INSTANCE)).toBe(SEGMENT + 20);
  });

  test('keeps 16 segments of a level, and answers what is older in coarser ones', async () => {
    const through = 19 * SEGMENT + 20;
    await stores.append(0, through);
    await compact();
    expect((await kept()).map((level) => level.length)).toEqual([15, 4, 1]);
    const { rows, everyTicks } = await read(10_000);
    expect([everyTicks, rows]).toEqual([80, everyRow(1, through)]);
    const newest = await read(10_000, 10 * SEGMENT);
    expect(newest.everyTicks).toBe(20);
    expect(newest.rows).toEqual(everyRow(0, through).filter(({ tick }) => tick >= 10 * SEGMENT));
  });

  test('begins where its rows do', async () => {
    const [first, through] = [101 * SEGMENT + 1_000, 106 * SEGMENT + 20];
    await stores.append(first, through);
    await compact();
    const { rows, everyTicks } = await read();
    expect([everyTicks, rows]).toEqual([20, everyRow(0, through, first)]);
    const coarse = await read(3_000);
    expect(coarse.rows).toEqual(everyRow(1, through, first));
    // What happened before the first row is not known.
    expect(coarse.rows[0]).toMatchObject({ tick: first + 40, births: null });
  });

  test('gives the same objects whoever compacts it, and however often', async () => {
    await stores.append(0, 5 * SEGMENT + 20);
    await compact();
    const once = await stores.snapshots.list('');
    const [{ key } = { key: '' }] = once;
    const bytes = await stores.snapshots.get(key, 1e9);
    const other = new Stores();
    await other.append(0, 5 * SEGMENT + 20);
    const opened = other.open();
    await new TableCompactor(opened.store, opened.segments, INSTANCE).compact(noCheck);
    expect(await other.snapshots.list('')).toEqual(once);
    expect(await other.snapshots.get(key, 1e9)).toEqual(bytes);
  });

  test('has rows that were stored twice once', async () => {
    await stores.append(0, 1_000);
    // Of a former leader, that was told to store what it had.
    await stores.log.append(INSTANCE, {
      tick: 960,
      columns: { tick: [940, 960], food: [1, 2], births: [0, 0] },
    });
    await stores.append(1_020, SEGMENT + 20);
    await compact();
    const { rows } = await read();
    expect(rows.map(({ tick }) => tick)).toEqual(everyRow(0, SEGMENT + 20).map(({ tick }) => tick));
  });

  test('is compacted no further once its leader must not act', async () => {
    await stores.append(0, 6 * SEGMENT);
    const opened = stores.open();
    let checks = 0;
    const compactor = new TableCompactor(opened.store, opened.segments, INSTANCE);
    const check = () => {
      if (++checks === 4) throw new Error('the term is over');
    };
    await expect(compactor.compact(check)).rejects.toThrow('the term is over');
    expect(await stores.snapshots.list('')).toHaveLength(1);
  });
});

describe('a leader that is lost while it compacts', () => {
  const through = 17 * SEGMENT + 20;

  /** Compacts, until so many points were passed; answers them. */
  async function compactUntil(stores: Stores, killAt?: number): Promise<string[]> {
    const passed: string[] = [];
    let kill = () => {};
    const dead = new Promise<void>((resolve) => {
      kill = resolve;
    });
    const opened = stores.open((point) => {
      passed.push(point);
      if (passed.length - 1 !== killAt) return;
      opened.life.end();
      kill();
    });
    const compactor = new TableCompactor(opened.store, opened.segments, INSTANCE);
    await Promise.race([compactor.compact(noCheck), dead]);
    return passed;
  }

  test('leaves nothing lost, and the next one finishes it, at whichever call it is lost', async () => {
    const before = new Stores();
    await before.append(0, 15 * SEGMENT + 20);
    await compactUntil(before);
    await before.append(15 * SEGMENT + 40, through);

    const whole = await before.copy();
    const points = await compactUntil(whole);
    const effects = points.flatMap((point, i) =>
      /log\.remove|snapshots\.(putIfAbsent|delete)/.test(point) ? [i] : [],
    );
    expect(new Set(effects.map((i) => points[i])).size).toBe(6);
    const keys = await whole.snapshots.list('');
    const rows = everyRow(0, through).filter(({ tick }) => tick >= 14 * SEGMENT);
    const coarse = everyRow(4, through);
    for (const killAt of effects) {
      const stores = await before.copy();
      await compactUntil(stores, killAt);
      const { store } = stores.open();
      const clock = new VirtualClock();
      const reader = new TableReader({ store, clock, colonyInstanceId: INSTANCE });
      const newest = await reader.read({ points: 10_000, from: 14 * SEGMENT }, []);
      expect(newest.rows, points[killAt]).toEqual(rows);
      expect((await reader.read({ points: 100 }, [])).rows, points[killAt]).toEqual(coarse);
      await compactUntil(stores);
      expect(await stores.snapshots.list(''), points[killAt]).toEqual(keys);
      expect((await stores.log.list(INSTANCE)).map(({ tick }) => tick)).toEqual([through]);
    }
  }, 120_000);
});
