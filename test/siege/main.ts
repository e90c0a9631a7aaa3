/*
 * npm run siege: attacks a colony on loopback in the ways that strangers can, watches how it fares, and
 * exits with 1 if a bound does not hold.
 *
 *   npm run siege -- [--data-dir DIR] [--seed N] [--only TEXT] [--pace unlimited]
 *
 * Without --data-dir it starts a small colony of its own. It takes less than three minutes, four where that
 * has no pace.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ApiClient } from '../../services/cli/client/api-client.ts';
import { attacks, isRefused } from './attacks.ts';
import { Fortress } from './fortress.ts';
import {
  type Assault,
  areAlike,
  brokenBounds,
  type Siege,
  siegeTable,
  unjudged,
} from './verdict.ts';
import { meanRate, type Rate, watchDuring } from './watch.ts';

/** Any machine holds it: what is measured is what the attacks take from it. */
const PACE = '20';
const QUIET_MS = 10_000;
const ATTACK_MS = 8_000;
/** Memory is given back to the operating system by and by. */
const RECOVERY_MS = 10_000;
const DEADLINE_MS = 165_000;
/** With respites. */
const UNPACED_DEADLINE_MS = 240_000;
/** Between two attacks on a world without a pace, whose rate changes as the world does. */
const RESPITE_MS = 6_000;

async function besiege(fortress: Fortress, seed: number, only: string): Promise<Siege> {
  const { targets } = fortress;
  const quiet = async (atLeastMs: number) =>
    (await watchDuring(fortress, atLeastMs, Promise.resolve())).watched;
  const colony = await describe(fortress);
  const isPaced = colony['pace'] !== null;
  const before = await quiet(QUIET_MS);
  const assaults: Assault[] = [];
  let undisturbed: Rate = before;
  for (const attack of attacks(seed).filter(({ name }) => name.includes(only))) {
    console.log(`… ${attack.name}`);
    const { result: tally, watched } = await watchDuring(fortress, ATTACK_MS, attack.run(targets));
    const isRefusal = attack.isRefusal ?? isRefused;
    const breaches = [...tally.keys()].filter((key) => !isRefusal(key.replace(/^\w+: /, '')));
    const rateBefore = undisturbed;
    if (!isPaced) undisturbed = await quiet(RESPITE_MS);
    const expected = meanRate(rateBefore, undisturbed);
    const isSteady = isPaced || areAlike(rateBefore, undisturbed);
    assaults.push({ name: attack.name, watched, expected, isSteady, tally, breaches });
  }
  await sleep(RECOVERY_MS);
  const after = await quiet(QUIET_MS);
  const now = await describe(fortress);
  const changes = Object.entries(colony)
    .filter(([name, value]) => now[name] !== value)
    .map(([name, value]) => `${name} was ${value}, is ${now[name]}`);
  const bytesAfter = fortress.memory();
  return { isPaced, before, assaults, after, bytesAfter, errors: fortress.errors(), changes };
}

async function tooLate(deadlineMs: number): Promise<never> {
  await sleep(deadlineMs, undefined, { ref: false });
  throw new Error(`not done within ${deadlineMs / 1000} s`);
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
    pace: { type: 'string', default: PACE },
  },
});
const run = (fortress: Fortress) =>
  Promise.race([
    besiege(fortress, Number(values.seed), values.only),
    tooLate(values.pace === 'unlimited' ? UNPACED_DEADLINE_MS : DEADLINE_MS),
  ]);
const dataDir = values['data-dir'];
const siege =
  dataDir === undefined
    ? await Fortress.launched(values.pace, run)
    : await run(await Fortress.at(dataDir));
console.log(['', ...siegeTable(siege), ''].join('\n'));
const broken = brokenBounds(siege);
const open = unjudged(siege);
if (open.length > 0)
  console.log(['Not to be judged, on a machine that is quieter:', ...open].join('\n  '));
console.log(broken.length === 0 ? 'All bounds hold.' : ['Broken:', ...broken].join('\n  '));
process.exit(broken.length === 0 ? 0 : 1);
