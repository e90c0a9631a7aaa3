/*
 * npm run siege: attacks a colony on loopback in the ways that strangers can, watches how it fares, and
 * exits with 1 if a bound does not hold.
 *
 *   npm run siege -- [--data-dir DIR] [--seed N] [--only TEXT]
 *
 * Without --data-dir it starts a small colony of its own. It takes less than three minutes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ApiClient } from '../../services/cli/client/api-client.ts';
import { attacks, isRefused } from './attacks.ts';
import { Fortress } from './fortress.ts';
import { type Assault, brokenBounds, type Siege, siegeTable } from './verdict.ts';
import { watchDuring } from './watch.ts';

const QUIET_MS = 10_000;
const ATTACK_MS = 8_000;
/** Memory is given back to the operating system by and by. */
const RECOVERY_MS = 10_000;
const DEADLINE_MS = 165_000;

async function besiege(fortress: Fortress, seed: number, only: string): Promise<Siege> {
  const { targets } = fortress;
  const colony = await describe(fortress);
  const { watched: before } = await watchDuring(fortress, QUIET_MS, Promise.resolve());
  const assaults: Assault[] = [];
  for (const attack of attacks(seed).filter(({ name }) => name.includes(only))) {
    console.log(`… ${attack.name}`);
    const { result: tally, watched } = await watchDuring(fortress, ATTACK_MS, attack.run(targets));
    const isRefusal = attack.isRefusal ?? isRefused;
    const breaches = [...tally.keys()].filter((key) => !isRefusal(key.replace(/^\w+: /, '')));
    assaults.push({ name: attack.name, watched, tally, breaches });
  }
  await sleep(RECOVERY_MS);
  const { watched: after } = await watchDuring(fortress, QUIET_MS, Promise.resolve());
  const now = await describe(fortress);
  const changes = Object.entries(colony)
    .filter(([name, value]) => now[name] !== value)
    .map(([name, value]) => `${name} was ${value}, is ${now[name]}`);
  const bytesAfter = fortress.memory();
  return { before, assaults, after, bytesAfter, errors: fortress.errors(), changes };
}

async function tooLate(): Promise<never> {
  await sleep(DEADLINE_MS, undefined, { ref: false });
  throw new Error(`not done within ${DEADLINE_MS / 1000} s`);
}

/** What no attack may change. */
async function describe(fortress: Fortress): Promise<Record<string, unknown>> {
  const port = fortress.targets.find(({ role }) => role === 'coordinator')?.port;
  const colony = await new ApiClient(`http://127.0.0.1:${port}`).colony();
  const { status, colonyInstanceId, generation, topologyVersion, paused } = colony;
  const pace = colony.ticksPerSecond.asked;
  const processes = [...fortress.pids()].map(([name, pid]) => [`the process of ${name}`, pid]);
  const record = { status, colonyInstanceId, generation, topologyVersion, paused, pace };
  return { ...record, ...Object.fromEntries(processes) };
}

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const run = (fortress: Fortress) =>
  Promise.race([besiege(fortress, Number(values.seed), values.only), tooLate()]);
const dataDir = values['data-dir'];
const siege =
  dataDir === undefined ? await Fortress.launched(run) : await run(await Fortress.at(dataDir));
console.log(['', ...siegeTable(siege), ''].join('\n'));
const broken = brokenBounds(siege);
console.log(broken.length === 0 ? 'All bounds hold.' : ['Broken:', ...broken].join('\n  '));
process.exit(broken.length === 0 ? 0 : 1);
