import { expect, test } from 'vitest';
import type { DigestLog } from '../../../services/platform/series/digest-log.ts';
import type { DigestEntry } from '../../../services/protocol/colony/sampling.ts';

export const digestOfTick = (tick: number): DigestEntry => ({
  tick,
  digest: tick.toString(16).padStart(16, '0'),
});

/** What every DigestLog does. `create` gives one that is empty. */
export function digestLogContract(create: () => Promise<DigestLog>): void {
  const filled = async (ticks: number[]) => {
    const log = await create();
    for (const tick of ticks) await log.append('instance-1', digestOfTick(tick));
    return log;
  };

  test('an empty log lists nothing and has no last entry', async () => {
    const log = await create();
    expect(await log.list('instance-1')).toEqual([]);
    expect(await log.last('instance-1')).toBeUndefined();
  });

  test('entries are listed by tick, in whatever order they came', async () => {
    const log = await filled([1_000, 0, 200, 99_900, 100]);
    const expected = [0, 100, 200, 1_000, 99_900].map(digestOfTick);
    expect(await log.list('instance-1')).toEqual(expected);
    expect(await log.last('instance-1')).toEqual(digestOfTick(99_900));
  });

  test('a list begins at a tick and ends at a limit', async () => {
    const log = await filled([0, 100, 200, 300, 400]);
    const list = (fromTick?: number, limit?: number) =>
      log
        .list('instance-1', {
          ...(fromTick !== undefined && { fromTick }),
          ...(limit !== undefined && { limit }),
        })
        .then((entries) => entries.map(({ tick }) => tick));
    expect(await list(200)).toEqual([200, 300, 400]);
    expect(await list(201, 1)).toEqual([300]);
    expect(await list(undefined, 2)).toEqual([0, 100]);
    expect(await list(0, 0)).toEqual([]);
    expect(await list(500)).toEqual([]);
  });

  test('the instances of a colony do not mix, even if one name begins with the other', async () => {
    const log = await filled([0]);
    await log.append('instance-10', digestOfTick(100));
    expect(await log.list('instance-1')).toEqual([digestOfTick(0)]);
    expect(await log.last('instance-1')).toEqual(digestOfTick(0));
    expect(await log.list('instance-10')).toEqual([digestOfTick(100)]);
  });

  test('the first digest of a tick stays, and is the answer to all later ones', async () => {
    const log = await filled([100]);
    const other = { tick: 100, digest: 'ffffffffffffffff' };
    expect(await log.append('instance-1', other)).toEqual(digestOfTick(100));
    expect(await log.append('instance-1', digestOfTick(100))).toEqual(digestOfTick(100));
    expect(await log.list('instance-1')).toEqual([digestOfTick(100)]);
  });

  test('of many that append at a time all are answered the same', async () => {
    const log = await create();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        log.append('instance-1', { tick: 100, digest: i.toString(16).padStart(16, '0') }),
      ),
    );
    expect(new Set(answers.map(({ digest }) => digest)).size).toBe(1);
    expect(await log.list('instance-1')).toEqual([answers[0]]);
  });
}
