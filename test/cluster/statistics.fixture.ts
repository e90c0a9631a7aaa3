import { expect } from 'vitest';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import { runReplay } from '../../services/cli/replay/run-replay.ts';
import { runningColony } from '../../services/cli/replay/running-colony.ts';

import { POINTS_MAX } from '../../services/protocol/api/series-api.ts';
import { replayHost } from '../support/kernel/replay-host.ts';

/**
 * Holds all rows of `GET /statistics` against those that one process measures: every count, sum and change, from tick
 * 0 on, without a gap, at the finest level that fits into one answer.
 *
 * @returns the tick of the last row.
 */
export async function expectStatisticsOfOneProcess(client: ApiClient): Promise<number> {
  const { spec } = runningColony(await client.colony(), 'compare');
  const { everyTicks, columns } = await client.statistics({ points: POINTS_MAX });
  const { tick: ticks } = columns;
  expect(ticks).toEqual(ticks.map((_, i) => i * everyTicks));
  const names = Object.keys(columns).filter((name) => name !== 'tick') as (keyof typeof columns)[];
  const differing: string[] = [];
  await runReplay(spec, { shardSize: spec.shardSize }, replayHost(), async (world) => {
    for (const [row, tick] of ticks.entries()) {
      while (world.tick < tick) await world.advance(tick - world.tick);
      const { statistics, changes } = await world.measure();
      const measured: Partial<Record<string, number>> = { ...statistics, ...changes };
      for (const name of names) {
        const stored = columns[name][row];
        if (stored !== measured[name])
          differing.push(`${tick} ${name}: ${stored}, not ${measured[name]}`);
      }
    }
  });
  expect(differing.slice(0, 20)).toEqual([]);
  return ticks.at(-1) ?? -1;
}
