import { expect } from 'vitest';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import { advanceTo } from '../../services/cli/replay/replay.ts';
import { RowComparison, type RowDifference } from '../../services/cli/replay/row-comparison.ts';
import { runReplay } from '../../services/cli/replay/run-replay.ts';
import { runningColony } from '../../services/cli/replay/running-colony.ts';
import { askStatistics } from '../../services/cli/replay/stored-rows.ts';
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
  const stored = await askStatistics(client, { points: POINTS_MAX });
  expect(stored.incomplete).toBeUndefined();
  const ticks = stored.rows.map(({ tick }) => tick);
  expect(ticks).toEqual(ticks.map((_, i) => i * stored.everyTicks));
  const differing: RowDifference[] = [];
  await runReplay(spec, { shardSize: spec.shardSize }, replayHost(), async (world) => {
    const rows = new RowComparison([stored], world.tick);
    for (const tick of rows.ticks) {
      await advanceTo(world, tick);
      differing.push(...(await rows.differences(world)));
    }
    expect(rows.compared).toBe(ticks.length);
  });
  expect(differing.slice(0, 20)).toEqual([]);
  return ticks.at(-1) ?? -1;
}
