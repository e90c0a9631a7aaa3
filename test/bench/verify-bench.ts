import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';
import { type Pace, paceBetween } from './ticking.ts';

const BACKENDS = 4;
const ROUNDS = 3;
/** Before the colony is measured: what runs hot is compiled by then. */
const SETTLED_TICKS = 400;
const LAST_TICK = 1_400;

export interface VerifyResult {
  cells: number;
  /** The colony, unpaced. */
  colony: Pace;
  /** `colony verify` from its start to its end, the start of the process and genesis included. */
  verify: Pace;
  /** How many times as fast as the colony. */
  timesColony: number;
  spread: { timesColony: Summary };
}

const { width, height, shardSize, seed } = DEFAULT_WORLD_SPEC;
const CELLS = width * height;

/**
 * A colony of the default world ticks as fast as it can and is paused; then `colony verify` replays it,
 * while it stands. In each round one after the other, on the same machine.
 */
export function benchVerify(): Promise<VerifyResult> {
  return LocalColony.run({ backends: BACKENDS }, async (colony) => {
    const rounds: { colony: Pace; verify: Pace }[] = [];
    while (rounds.length < ROUNDS) {
      await colony.start({ width, height, shardSize, seed });
      const ticking = await paceOf(colony);
      await colony.storesDigest(LAST_TICK);
      await colony.api.pause();
      rounds.push({ colony: ticking, verify: await paceOfVerify(colony.api.url) });
      await colony.stop();
    }
    const ratios = rounds.map(
      ({ colony, verify }) => verify.ticksPerSecond / colony.ticksPerSecond,
    );
    const timesColony = summarise(ratios);
    return {
      cells: CELLS,
      colony: median(rounds.map((round) => round.colony)),
      verify: median(rounds.map((round) => round.verify)),
      timesColony: timesColony.median,
      spread: { timesColony },
    };
  });
}

function median(paces: readonly Pace[]): Pace {
  const of = (values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === values.length ? summarise(known).median : null;
  };
  return {
    ticksPerSecond: summarise(paces.map(({ ticksPerSecond }) => ticksPerSecond)).median,
    cpuNsPerCellTick: of(paces.map(({ cpuNsPerCellTick }) => cpuNsPerCellTick)),
    coresUsed: of(paces.map(({ coresUsed }) => coresUsed)),
  };
}

async function paceOf(colony: LocalColony): Promise<Pace> {
  await colony.ticksTo(SETTLED_TICKS);
  const from = await colony.moment();
  await colony.ticksTo(LAST_TICK);
  return paceBetween(from, await colony.moment(), CELLS);
}

/** Has a process say at its end what it and its threads took. */
const SAY_CPU = `
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.on('exit', () => console.error(JSON.stringify(process.cpuUsage())));
`;

async function paceOfVerify(url: string): Promise<Pace> {
  const startedMs = performance.now();
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...['--import', `data:text/javascript,${encodeURIComponent(SAY_CPU)}`],
    ...['dist/colony.js', 'verify', '--url', url, '--to', String(LAST_TICK), '--json'],
  ]);
  const tookMs = performance.now() - startedMs;
  const { identical, tick } = JSON.parse(stdout) as { identical: boolean; tick: number };
  if (!identical || tick !== LAST_TICK) throw new Error(`colony verify said ${stdout}`);
  const { user, system } = JSON.parse(stderr) as NodeJS.CpuUsage;
  const cpuNs = (user + system) * 1_000;
  return paceBetween(
    { tick: 0, atNs: 0, cpuNs: 0 },
    { tick: LAST_TICK, atNs: tookMs * 1e6, cpuNs },
    CELLS,
  );
}
