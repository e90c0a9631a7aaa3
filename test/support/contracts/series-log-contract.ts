import { expect, test } from 'vitest';
import type { SeriesLog } from '../../../services/platform/series/series-log.ts';
import type { SeriesItem } from '../../../services/protocol/series/table.ts';

export const itemOfTick = (tick: number, food: number | null = tick + 1): SeriesItem => ({
  tick,
  columns: { tick: [tick], food: [food], squares: [String(tick)], shannon: [tick / 8] },
});

/** What every SeriesLog does. `create` gives one that is empty. */
export function seriesLogContract(create: () => Promise<SeriesLog>): void {
  const filled = async (ticks: number[]) => {
    const log = await create();
    for (const tick of ticks) await log.append('instance-1', itemOfTick(tick));
    return log;
  };
  const ticksOf = async (log: SeriesLog, options?: { fromTick?: number; limit?: number }) =>
    (await log.list('instance-1', options)).map(({ tick }) => tick);

  test('an empty log lists nothing and has no last item', async () => {
    const log = await create();
    expect(await log.list('instance-1')).toEqual([]);
    expect(await log.last('instance-1')).toBeUndefined();
  });

  test('items are listed by tick, in whatever order they came', async () => {
    const log = await filled([1_000, 0, 120, 99_900, 100]);
    expect(await log.list('instance-1')).toEqual(
      [0, 100, 120, 1_000, 99_900].map((tick) => itemOfTick(tick)),
    );
    expect(await log.last('instance-1')).toEqual(itemOfTick(99_900));
  });

  test('a list begins at a tick and ends at a limit', async () => {
    const log = await filled([0, 100, 200, 300, 400]);
    expect(await ticksOf(log, { fromTick: 200 })).toEqual([200, 300, 400]);
    expect(await ticksOf(log, { fromTick: 201, limit: 1 })).toEqual([300]);
    expect(await ticksOf(log, { limit: 2 })).toEqual([0, 100]);
    expect(await ticksOf(log, { fromTick: 0, limit: 0 })).toEqual([]);
    expect(await ticksOf(log, { fromTick: 500 })).toEqual([]);
  });

  test('the instances of a colony do not mix, even if one name begins with the other', async () => {
    const log = await filled([0]);
    await log.append('instance-10', itemOfTick(100));
    expect(await ticksOf(log)).toEqual([0]);
    await log.remove('instance-1', [100]);
    expect(await log.last('instance-10')).toEqual(itemOfTick(100));
  });

  test('the first item of a tick stays, and is the answer to all later ones', async () => {
    const log = await filled([100]);
    expect(await log.append('instance-1', itemOfTick(100, null))).toEqual(itemOfTick(100));
    expect(await log.list('instance-1')).toEqual([itemOfTick(100)]);
  });

  test('what is not known stays unknown', async () => {
    const log = await create();
    await log.append('instance-1', itemOfTick(100, null));
    expect(await log.last('instance-1')).toEqual(itemOfTick(100, null));
  });

  test('more items than go at a time are removed, and the others stay', async () => {
    const ticks = Array.from({ length: 130 }, (_, i) => i * 100);
    const log = await filled(ticks);
    await log.remove('instance-1', ticks.slice(0, 120));
    expect(await ticksOf(log)).toEqual(ticks.slice(120));
  });

  test('removing what is not there changes nothing', async () => {
    const log = await filled([0, 100]);
    await log.remove('instance-1', [200]);
    await log.remove('instance-1', []);
    await log.remove('instance-2', [0]);
    expect(await ticksOf(log)).toEqual([0, 100]);
  });

  test('an item that was removed can be written again', async () => {
    const log = await filled([100]);
    await log.remove('instance-1', [100]);
    expect(await log.append('instance-1', itemOfTick(100, 7))).toEqual(itemOfTick(100, 7));
    expect(await log.list('instance-1')).toEqual([itemOfTick(100, 7)]);
  });
}
