import { beforeEach, describe, expect, test } from 'vitest';
import { TableCompactor } from '../../../../services/coordinator/series/table-compactor.ts';
import { TableReader } from '../../../../services/coordinator/series/table-reader.ts';
import { TableStore } from '../../../../services/coordinator/series/table-store.ts';
import { SegmentStore } from '../../../../services/platform/series/segment-store.ts';
import { segmentTicks } from '../../../../services/protocol/series/levels.ts';
import type { Row } from '../../../../services/protocol/series/table.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { everyRow, INSTANCE, rowAt, Stores, TABLE } from './rows.fixture.ts';

const SEGMENT = segmentTicks(TABLE, 0);
const NEWEST = SEGMENT + 40;

/** A port whose calls hang for so long; lists among them are told of. */
function hangingFor<T extends object>(
  clock: VirtualClock,
  port: T,
  delayMs: () => number,
  onList: () => void = () => {},
): T {
  return new Proxy(port, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        if (name === 'list') onList();
        if (delayMs() > 0) await clock.sleep(delayMs());
        return Reflect.apply(member, target, args);
      };
    },
  });
}

describe('a reader of a table whose stores may hang', () => {
  let clock: VirtualClock;
  let reader: TableReader;
  let snapshotsMs: number;
  let logMs: number;
  let stores: Stores;
  /** How often segments were listed. */
  let lists: number;

  beforeEach(async () => {
    stores = new Stores();
    lists = 0;
    clock = new VirtualClock();
    snapshotsMs = 0;
    logMs = 0;
    await stores.append(0, NEWEST);
    await compact();
    const snapshots = hangingFor(
      ...([clock, stores.snapshots, () => snapshotsMs] as const),
      () => void lists++,
    );
    reader = new TableReader({
      ...{ clock, colonyInstanceId: INSTANCE },
      store: new TableStore({
        table: TABLE,
        log: hangingFor(clock, stores.log, () => logMs),
        segments: new SegmentStore({ snapshots, colonyName: 'test', table: TABLE }),
      }),
    });
  });
  async function compact() {
    const { store, segments } = stores.open();
    await new TableCompactor(store, segments, INSTANCE).compact(() => {});
  }
  /** The answer, and how long it took; waited for no longer than a minute. */
  async function read(o: { from?: number; waiting?: readonly Row[] } = {}) {
    const { waiting = [], ...asked } = o;
    const beganMs = clock.nowMs();
    let tookMs = Number.NaN;
    const answer = reader.read({ points: 10_000, ...asked }, waiting).finally(() => {
      tookMs = clock.nowMs() - beganMs;
    });
    answer.catch(() => {});
    await clock.runUntil(() => !Number.isNaN(tookMs), { limitMs: 60_000 });
    return { ...(await answer), tookMs };
  }
  const NEWEST_ROWS = [rowAt(SEGMENT + 20), rowAt(NEWEST)];
  const hangs = (rows: string) => ({
    code: 'STORE_UNAVAILABLE',
    detail: `the store of ${rows} has not answered within 3 s`,
  });

  test('answers the newest rows after three seconds, and says that older ones are missing', async () => {
    snapshotsMs = 45_000;
    const answer = await read();
    expect(answer).toMatchObject({ rows: NEWEST_ROWS, incomplete: hangs('older rows') });
    expect(answer.tookMs).toBe(3_000);
  });

  test('lets nobody wait again while the same call hangs', async () => {
    snapshotsMs = 45_000;
    await read();
    expect(await read()).toMatchObject({ tookMs: 0, incomplete: hangs('older rows') });
  });

  test('waits for no older rows where newer ones are asked for', async () => {
    snapshotsMs = 45_000;
    const answer = await read({ from: SEGMENT + 20 });
    expect(answer).toMatchObject({ rows: NEWEST_ROWS, tookMs: 0 });
    expect(answer).not.toHaveProperty('incomplete');
  });

  test('lists segments once for all who ask while it lasts', async () => {
    await read();
    await clock.advance(11_000);
    [snapshotsMs, lists] = [300, 0];
    const asked = Array.from({ length: 20 }, () =>
      reader.read({ from: SEGMENT + 20, points: 10_000 }, []),
    );
    await clock.advance(2_000);
    for (const { rows } of await Promise.all(asked)) expect(rows).toEqual(NEWEST_ROWS);
    expect(lists).toBe(1);
  });

  test('waits three seconds in all for a store that is slow, and goes on where it was', async () => {
    const newest = 6 * SEGMENT + 20;
    await stores.append(NEWEST + 20, newest);
    await compact();
    snapshotsMs = 1_000;
    const answers = [];
    do answers.push(await read());
    while (answers.at(-1)?.incomplete !== undefined && answers.length < 10);
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBe(3_000);
    expect(answers[0]).toMatchObject({ incomplete: hangs('older rows') });
    expect(answers.at(-1)?.rows).toEqual(everyRow(0, newest));
    // A listing and six segments, one after the other.
    expect(answers.reduce((sum, { tookMs }) => sum + tookMs, 0)).toBe(7_000);
  });

  test('answers all rows once the store is back', async () => {
    snapshotsMs = 45_000;
    await read();
    snapshotsMs = 0;
    await clock.advance(45_000);
    const { incomplete, rows } = await read();
    expect(incomplete).toBeUndefined();
    expect(rows).toEqual(everyRow(0, NEWEST));
  });

  test('answers what it has read before, whatever hangs', async () => {
    await read();
    snapshotsMs = 45_000;
    await clock.advance(11_000);
    const answer = await read();
    expect(answer.rows).toEqual(everyRow(0, NEWEST));
    expect(answer).not.toHaveProperty('incomplete');
  });

  test('answers rows that are not stored yet while the store of the newest rows hangs', async () => {
    logMs = 45_000;
    const answer = await read({ waiting: [rowAt(NEWEST + 20)] });
    expect(answer.rows.at(-1)).toEqual(rowAt(NEWEST + 20));
    expect(answer).toMatchObject({ tookMs: 3_000, incomplete: hangs('the newest rows') });
  });

  test('refuses where no row can be known', async () => {
    [logMs, snapshotsMs] = [45_000, 45_000];
    await expect(read()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the store of the newest rows has not answered within 3 s',
    });
  });
});
