import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { SeededRandomness } from '../simulation/seeded-randomness.ts';
import {
  expectUndisturbed,
  killEverything,
  logged,
  OFTEN,
  startedAgainFrom,
  untilCheckpoint,
  untilItTicks,
} from './checkpoints.fixture.ts';
import { isAlive, type Launch, signal, Workbench } from './local-mode.fixture.ts';
import { expectStatisticsOfOneProcess } from './statistics.fixture.ts';

/** kill -9 of one process after the other, whatever its role, and of all at once, at moments of chance. */

/** How often something is killed; `.ci/run` asks for more. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 6);
const SEED = process.env['KILL_SEED'] ?? '1';
/** Above 0, the world ticks flat out and at least so far between kills: a long life with few of them. */
const EVERY_TICKS = Number(process.env['KILL_EVERY_TICKS'] ?? 0);
/** At the most, between the world ticking again and the next kill. */
const PAUSE_MS = 1_500;

const VICTIMS = ['backend.js', 'coordinator.js', 'everything', 'backend.js', 'store.child.js'];

const bench = new Workbench();
afterEach(() => bench.clear());

test(
  `${ROUNDS} kills over all roles (KILL_SEED=${SEED}) leave the digests and statistics of a world that nothing befell`,
  async () => {
    const randomness = new SeededRandomness(SEED);
    const dataDir = bench.folder();
    const processes = ['--backends', '3', '--coordinators', '2'];
    const pace = EVERY_TICKS > 0 ? ['--pace', 'unlimited'] : [];
    const start = (port: string) =>
      bench.small(dataDir, ...processes, ...OFTEN, ...pace, '--port', port);
    let launch = start('0');
    let client = await launch.running();
    const { colonyInstanceId } = await client.colony();
    const { port } = new URL(client.url);
    await untilCheckpoint(client, 100);

    for (let round = 0; round < ROUNDS; round++) {
      await sleep(randomness.fraction() * PAUSE_MS);
      const stoodAt = (await client.colony()).tick ?? 0;
      const victim = VICTIMS[round % VICTIMS.length] as string;
      if (victim === 'everything') {
        await killEverything(launch);
        launch = start(port);
        client = await launch.running();
      } else {
        killOne(launch, victim, randomness);
      }
      await untilItTicks(client, stoodAt + EVERY_TICKS);
    }

    await expectUndisturbed(client);
    const lastTick = await expectStatisticsOfOneProcess(client);
    expect(lastTick).toBeGreaterThan(ROUNDS * EVERY_TICKS);
    const { fault, generation, ...view } = await client.colony();
    expect({ fault, generation }).toEqual({ fault: null, generation: 1 });
    expect(view.colonyInstanceId).toBe(colonyInstanceId);
    const digests = await client.digests();
    expect(digests.map(({ tick }) => tick)).toEqual(digests.map((_, i) => 100 * i));
    // Each loss of a backend is one start from a checkpoint; nothing ever went back to genesis.
    const starts = startedAgainFrom(logged(dataDir, 'coordinator'));
    expect(starts.length).toBeGreaterThan(0);
    expect(starts).not.toContain('genesis');
  },
  60_000 + 120_000 * ROUNDS,
);

/** Kills one process of a bundle, whichever. */
function killOne(launch: Launch, bundle: string, randomness: SeededRandomness): void {
  const running = launch
    .children()
    .filter(({ command, pid }) => command.includes(bundle) && isAlive(pid));
  const one = running[Math.floor(randomness.fraction() * running.length)];
  signal(one?.pid, 'SIGKILL');
}
