import { afterEach, expect, test } from 'vitest';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import type { ColonyView } from '../../services/protocol/api/public-api.ts';
import {
  expectNoTickTwice,
  expectUndisturbed,
  untilAllTick,
  untilColony,
  untilItTicks,
} from './checkpoints.fixture.ts';
import { colony, Workbench } from './local-mode.fixture.ts';

/** `colony scale` of real processes, while the world ticks as fast as it goes. */

const bench = new Workbench();
afterEach(() => bench.clear());

const SHARDS = 12;

/** Asks for a number of backends, and waits until so many hold all shards and tick on. */
async function scaleTo(client: ApiClient, backends: number): Promise<void> {
  const { tick } = await client.colony();
  const { code, said } = await colony('scale', String(backends), '--url', client.url);
  expect(code, said).toBe(0);
  const held = (view: ColonyView) => {
    return view.backends.map(({ shards }) => shards).filter((shards) => shards > 0);
  };
  const view = await untilColony(client, `${backends} hold shards`, (now) => {
    return now.phase === 'Ticking' && held(now).length === backends;
  });
  expect(held(view)).toEqual(Array(backends).fill(SHARDS / backends));
  await untilItTicks(client, Math.max(tick ?? 0, view.tick ?? 0) + 100);
}

test('scaling 2 → 4 → 1 under way computes no tick twice, and changes no digest', async () => {
  const dataDir = bench.folder();
  const launch = bench.small(dataDir, '--backends', '2');
  const client = await launch.running();
  const { colonyInstanceId } = await untilAllTick(client, 2);
  await untilItTicks(client, 100);

  await scaleTo(client, 4);
  await scaleTo(client, 1);
  for (const backend of [2, 3, 4]) {
    await launch.until(new RegExp(`backend ${backend} has ended: it is not wanted any more`));
  }

  // A newcomer that comes later than the others is a move of its own.
  expect(expectNoTickTwice(dataDir).length).toBeGreaterThanOrEqual(2);
  expect(await client.colony()).toMatchObject({ colonyInstanceId, generation: 1, fault: null });
  const digests = await client.digests();
  expect(digests.map(({ tick }) => tick)).toEqual(digests.map((_, i) => 100 * i));
  await expectUndisturbed(client);
});
