import { beforeEach, describe, expect, test } from 'vitest';
import { TableCompactor } from '../../../../services/coordinator/series/table-compactor.ts';
import { TableReader } from '../../../../services/coordinator/series/table-reader.ts';
import { segmentTicks } from '../../../../services/protocol/series/levels.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { everyRow, INSTANCE, rowAt, Stores, TABLE } from './rows.fixture.ts';

const SEGMENT = segmentTicks(TABLE, 0);

describe('a reader of a table', () => {
  let stores: Stores;
  let clock: VirtualClock;
  let reader: TableReader;
  /** What it called. */
  let calls: string[];

  beforeEach(() => {
    stores = new Stores();
    clock = new VirtualClock();
    calls = [];
    const { store } = stores.open((point) => calls.push(point));
    reader = new TableReader({ store, clock, colonyInstanceId: INSTANCE });
  });
  const compact = () => {
    const { store, segments } = stores.open();
    return new TableCompactor(store, segments, INSTANCE).compact(() => {});
  };
  const read = async (o: { from?: number; to?: number; points?: number } = {}) =>
    reader.read({ points: 10_000, ...o }, []);
  const got = (what: string) => calls.filter((call) => call === `before:${what}`).length;

  const whole = (throughTick: number) => ({
    ...{ from: 0, to: throughTick, everyTicks: 20, rows: everyRow(0, throughTick) },
  });

  test('answers no rows where there are none', async () => {
    expect(await read()).toEqual({ from: 0, to: 0, everyTicks: 20, rows: [] });
  });

  test('adds the rows that are not stored yet', async () => {
    await stores.append(0, 200);
    const answer = await reader.read({ points: 1_000 }, [rowAt(200), rowAt(220), rowAt(240)]);
    expect(answer).toEqual({ from: 0, to: 240, everyTicks: 20, rows: everyRow(0, 240) });
    const coarse = await reader.read({ points: 4 }, [rowAt(220), rowAt(240)]);
    expect(coarse).toEqual({ from: 0, to: 240, everyTicks: 80, rows: everyRow(1, 240) });
  });

  test('answers each row once, also where items overlap', async () => {
    await stores.append(0, 80);
    expect((await read()).rows).toEqual(everyRow(0, 80));
    await stores.append(60, 120);
    expect((await read()).rows).toEqual(everyRow(0, 120));
    expect((await read({ points: 2 })).rows).toEqual(everyRow(1, 120));
    // Also for who reads both items at once.
    reader = new TableReader({ store: stores.open().store, clock, colonyInstanceId: INSTANCE });
    expect((await read()).rows).toEqual(everyRow(0, 120));
  });

  test.each([
    [{ from: 130, to: 210, points: 4 }, 20, [140, 160, 180, 200]],
    [{ from: 130, to: 210, points: 3 }, 80, [160]],
    [{ from: 160, to: 640, points: 7 }, 80, [160, 240, 320, 400, 480, 560, 640]],
    [
      { from: 400, to: 9_999, points: 10_000 },
      20,
      [400, 420, 440, 460, 480, 500, 520, 540, 560, 580, 600, 620, 640],
    ],
    [{ from: 700, to: 9_999, points: 10_000 }, 20, []],
    [{ to: 0, points: 1 }, 20, [0]],
    [{ points: 1 }, 1_280, [0]],
    // Between two rows of the level the nearer one, the later one if both are as near.
    [{ from: 90, to: 140, points: 1 }, 80, [80]],
    [{ from: 100, to: 150, points: 1 }, 80, [160]],
    [{ from: 100, to: 140, points: 1 }, 80, [160]],
    [{ from: 325, to: 330, points: 1 }, 20, [320]],
    // The next one is not there yet.
    [{ from: 100, to: 640, points: 1 }, 1_280, [0]],
  ])('answers %j', async (asked, everyTicks, ticks) => {
    await stores.append(0, 640);
    const { rows, ...answer } = await reader.read(asked, []);
    expect([answer.everyTicks, rows.map(({ tick }) => tick)]).toEqual([everyTicks, ticks]);
    const all = everyRow(Math.log2(everyTicks / 20) / 2, 640);
    expect(rows).toEqual(all.filter(({ tick }) => ticks.includes(tick)));
  });

  test('knows what comes, and what becomes of it', async () => {
    let through = 0;
    for (const next of [5_000, SEGMENT + 20, 2 * SEGMENT, 4 * SEGMENT + 3_000, 6 * SEGMENT + 20]) {
      await stores.append(through === 0 ? 0 : through + 20, next);
      through = next;
      expect((await read()).rows).toEqual(everyRow(0, through));
      await compact();
      expect((await read()).rows).toEqual(everyRow(0, through));
      await clock.advance(11_000);
      expect((await read()).rows).toEqual(everyRow(0, through));
    }
  });

  test('misses nothing that became a segment while it did not look', async () => {
    await stores.append(0, 5_000);
    await read();
    await stores.append(5_020, 3 * SEGMENT + 20);
    await compact();
    expect((await read()).rows).toEqual(everyRow(0, 3 * SEGMENT + 20));
  });

  test('reads a segment once, and lists them no more than each ten seconds', async () => {
    await stores.append(0, 3 * SEGMENT + 20);
    await compact();
    for (let i = 0; i < 5; i++) await read();
    expect([got('snapshots.get'), got('snapshots.list')]).toEqual([3, 1]);
    await clock.advance(10_001);
    await read();
    expect([got('snapshots.get'), got('snapshots.list')]).toEqual([3, 2]);
  });

  test('reads only the segments of what is asked', async () => {
    await stores.append(0, 6 * SEGMENT + 20);
    await compact();
    await read({ from: SEGMENT + 500, to: SEGMENT + 900 });
    expect(got('snapshots.get')).toBe(1);
  });

  test('refuses those who ask while too many wait', async () => {
    const asked = Array.from({ length: 60 }, () =>
      read().then(
        () => 'ok',
        ({ code }) => code,
      ),
    );
    const outcomes = await Promise.all(asked);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(33);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'SERIES_BUSY']));
    expect(await read()).toMatchObject({ rows: [] });
  });

  test('lists segments again after one could not be found', async () => {
    await stores.append(0, SEGMENT + 20);
    await compact();
    await read({ from: SEGMENT + 20 });
    const [{ key } = { key: '' }] = await stores.snapshots.list('');
    const bytes = (await stores.snapshots.get(key, 1e9))!;
    await stores.snapshots.delete(key);
    expect(await read()).toMatchObject({
      rows: [rowAt(SEGMENT + 20)],
      incomplete: { code: 'STORE_UNAVAILABLE', detail: 'segment 0/0 is gone' },
    });
    await stores.snapshots.putIfAbsent(key, bytes);
    expect(await read()).toEqual(whole(SEGMENT + 20));
    expect(got('snapshots.list')).toBe(2);
  });

  test('says that what is in a segment cannot be read', async () => {
    await stores.append(0, SEGMENT + 20);
    await compact();
    const [{ key } = { key: '' }] = await stores.snapshots.list('');
    await stores.snapshots.delete(key);
    await stores.snapshots.putIfAbsent(key, new Uint8Array(100));
    expect((await read()).incomplete).toEqual({
      code: 'STORE_UNAVAILABLE',
      detail: expect.stringContaining(`the object ${key} cannot be read`),
    });
  });

  test('says that segments are gone, until they are back', async () => {
    await stores.append(0, 2 * SEGMENT + 40);
    await compact();
    const kept = new Map<string, Uint8Array>();
    for (const { key } of await stores.snapshots.list('')) {
      kept.set(key, (await stores.snapshots.get(key, 1e9))!);
      await stores.snapshots.delete(key);
    }
    const detail = `the rows before tick ${2 * SEGMENT + 20} are gone`;
    const newest = [rowAt(2 * SEGMENT + 20), rowAt(2 * SEGMENT + 40)];
    expect(await read()).toMatchObject({ rows: newest, incomplete: { detail } });
    // Of these none is missing.
    expect(await read({ from: 2 * SEGMENT + 20 })).not.toHaveProperty('incomplete');
    expect(await read()).toMatchObject({ rows: newest, incomplete: { detail } });
    expect(got('snapshots.list')).toBe(1);
    for (const [key, bytes] of kept) await stores.snapshots.putIfAbsent(key, bytes);
    await clock.advance(10_001);
    expect(await read()).toEqual(whole(2 * SEGMENT + 40));
  });

  test('is complete where rows begin later than the world', async () => {
    await stores.append(5 * SEGMENT + 60, 5 * SEGMENT + 200);
    expect(await read()).toEqual({
      ...{ from: 0, to: 5 * SEGMENT + 200, everyTicks: 20 },
      rows: everyRow(0, 5 * SEGMENT + 200, 5 * SEGMENT + 60),
    });
  });
});
