/*
 * npm run soak: a colony of real processes lives for a while under kills, stops, a full disk and a slow network, and
 * exits with 1 if it loses anything, stands still for good, differs from one process, or grows.
 *
 *   npm run soak -- [--minutes N] [--seed N]
 *
 * The seed decides what is done and for how long; when a process comes to which point is up to the machine. A full
 * disk and a slow network take Linux and root: where they cannot be had, that is said, and the rest is done.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import { expectUndisturbed, OFTEN, untilItTicks } from '../cluster/checkpoints.fixture.ts';
import { type Launch, Workbench } from '../cluster/local-mode.fixture.ts';
import { SmallDisk } from '../cluster/small-disk.fixture.ts';
import { SeededRandomness } from '../simulation/seeded-randomness.ts';
import { disturb, possible } from './disturbances.ts';
import { measure, overgrown, type Sizes } from './growth.ts';
import { enterNetwork, slowNetwork } from './slow-network.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const [minutes, seed] = [Number(values.minutes), values.seed];
if (!(minutes > 0)) {
  console.error(`--minutes ${values.minutes}: expected a number above 0`);
  process.exit(2);
}

/** Between the world ticking again and the next disturbance, at most. */
const PAUSE_MS = 4_000;
const DISK_SIZE = '256m';

enterNetwork();
const bench = new Workbench();
const dataDir = bench.folder();
mkdirSync(path.dirname(dataDir), { recursive: true });
const disk = SmallDisk.mount(path.dirname(dataDir), DISK_SIZE);
const network = slowNetwork();
if (disk === undefined) console.log('no disk can be mounted here: none will be full');
console.log(network ? `slow network: ${network.name}` : 'no network of its own: none will be slow');

let failed: unknown;
try {
  await soak();
} catch (error) {
  failed = error;
  console.error(error);
} finally {
  // Whatever is open on it: what is mounted cannot be removed.
  disk?.unmount();
  await bench.clear();
}
console.log(failed === undefined ? 'The colony outlived it all.' : 'The colony did not hold.');
process.exit(failed === undefined ? 0 : 1);

async function soak(): Promise<void> {
  const randomness = new SeededRandomness(`soak ${seed}`);
  const start = (port: string) =>
    bench.small(dataDir, '--backends', '3', '--coordinators', '2', ...OFTEN, '--port', port);
  let launch: Launch = start('0');
  let client: ApiClient = await launch.running();
  const { port } = new URL(client.url);
  const { colonyInstanceId } = await client.colony();
  const again = async () => {
    launch = start(port);
    client = await launch.running();
  };

  const sizes: Sizes[] = [];
  const counts = new Map<string, number>();
  const kinds = possible({ disk, network });
  const endMs = performance.now() + minutes * 60_000;
  let rounds = 0;
  for (; performance.now() < endMs; rounds++) {
    await sleep(randomness.fraction() * PAUSE_MS);
    const { tick } = await untilItTicks(client, 0);
    const key = `soak-${rounds}`;
    // Asked again with its key until it is answered: so it happens once.
    await keepAsking(() => client.inject(key, { kind: 'extraFood' }));
    const name = kinds[Math.floor(randomness.fraction() * kinds.length)] as string;
    const words = await disturb(name, { launch, again, disk, network, randomness });
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const brokenMs = performance.now();
    const view = await untilItTicks(client, tick ?? 0);
    const seconds = ((performance.now() - brokenMs) / 1_000).toFixed(1);
    console.log(
      `tick ${tick}: ${name}, ${words}; it ticks again after ${seconds} s, at ${view.tick}`,
    );
    sizes.push(measure(launch, dataDir));
  }

  for (const [name, count] of [...counts].sort())
    console.log(`${String(count).padStart(5)} × ${name}`);
  console.log('resident MiB of the largest of each role, files, MiB of the data folder:');
  for (const at of [0, 0.25, 0.5, 0.75, 1]) {
    const one = sizes[Math.round(at * (sizes.length - 1))];
    if (one === undefined) continue;
    const memory = Object.entries(one.memory).map(([role, mib]) => `${role} ${mib.toFixed(0)}`);
    console.log(
      `  ${100 * at} %: ${memory.sort().join(', ')}; ${one.files}; ${one.disk.toFixed(1)}`,
    );
  }
  const { fault, generation, ...view } = await client.colony();
  if (fault !== null || generation !== 1 || view.colonyInstanceId !== colonyInstanceId) {
    throw new Error(
      `it is another colony now, or has failed: ${JSON.stringify({ fault, generation })}`,
    );
  }
  const listed = (await client.events()).filter(({ origin }) => origin === 'injected');
  if (listed.length !== rounds) {
    throw new Error(`${rounds} events were taken, ${listed.length} are listed`);
  }
  // Digests, and the rows of statistics that are kept at full resolution.
  await expectUndisturbed(client);
  console.log(`it is bit-identical to one process, with all ${rounds} events`);
  const grown = overgrown(sizes);
  if (grown.length > 0) throw new Error(`too much is taken: ${grown.join('; ')}`);
}

/** Until it is answered: nobody may answer for a while. */
async function keepAsking<T>(ask: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + 120_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await sleep(250);
    }
  }
}
