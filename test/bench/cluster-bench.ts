import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fairThreads } from '../../services/local/local-settings.ts';
import { kernelProbe } from './kernel-bench.ts';
import { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';
import { doublingsTo, type Pace, paceBetween, speedups } from './ticking.ts';

const SHARD_SIZE = 250;
const BACKENDS = 4;

/** A world, and how it is measured once it ticks. */
interface Trial {
  width: number;
  height: number;
  windows: number;
  windowMs: number;
}

/** The default world. */
const WHOLE: Trial = { width: 2000, height: 1250, windows: 5, windowMs: 1_200 };
/** For scaling, which compares many. */
const scalingTrial = (width: number, height: number): Trial => {
  return { width, height, windows: 2, windowMs: 1_000 };
};
const FIXED = scalingTrial(1000, 1000);
/** For each backend as many cells as in the default world on four. */
const WEAK = new Map<number, Trial>([
  [1, scalingTrial(500, 1250)],
  [2, scalingTrial(1000, 1250)],
  [4, WHOLE],
  [8, scalingTrial(4000, 1250)],
]);

/** By then most of what runs hot is compiled: in the first world of a launch, and in each after it. */
const FIRST_SETTLED_MS = 3_500;
const SETTLED_MS = 1_000;

/** The processes of one launch. */
interface Processes {
  backends: number;
  /** In each backend. @default as many as there are for each */
  threads?: number;
}

/** One configuration of the scaling. */
export interface ScalingRow extends Pace {
  backends: number;
  /** In each backend. */
  threads: number;
  cells: number;
  /** Cells a second for those of the first row. */
  speedup: number;
}

export interface ClusterResult {
  ticksPerSecond: number;
  cpuNsPerCellTick: number | null;
  cells: number;
  coresUsed: number | null;
  cores: number;
  backends: number;
  /** One thread of the kernel in the same run, before and after. */
  kernelNsPerCellTick: number;
  timesKernel: number | null;
  spread: { ticksPerSecond: Summary; cpuNsPerCellTick: Summary | null };
  /** The same world on more backends, more cells on more backends, more threads in one. */
  scaling: { strong: ScalingRow[]; weak: ScalingRow[]; threads: ScalingRow[] };
}

/** The whole local cluster: how fast, and for how much CPU time of all its processes. */
export async function benchCluster(): Promise<ClusterResult> {
  const kernel = await kernelProbe();
  const kernelNs = [kernel.measure()];
  const ofBackends = new Map<number, Map<Trial, Pace[]>>();
  for (const [backends, weak] of WEAK) {
    ofBackends.set(backends, await pacesOf({ backends }, [FIXED, weak]));
  }
  kernelNs.push(kernel.measure());
  const found = (backends: number, trial: Trial) => ofBackends.get(backends)?.get(trial) ?? [];
  const paces = found(BACKENDS, WHOLE);
  const ticksPerSecond = summarise(paces.map((pace) => pace.ticksPerSecond));
  const cpu = known(paces.map((pace) => pace.cpuNsPerCellTick));
  const cores = known(paces.map((pace) => pace.coresUsed));
  const cpuNsPerCellTick = cpu && summarise(cpu);
  const kernelNsPerCellTick = summarise(kernelNs).median;
  const backends = [...WEAK.keys()];
  return {
    ticksPerSecond: ticksPerSecond.median,
    cpuNsPerCellTick: cpuNsPerCellTick?.median ?? null,
    cells: cellsOf(WHOLE),
    coresUsed: cores && summarise(cores).median,
    cores: availableParallelism(),
    backends: BACKENDS,
    kernelNsPerCellTick,
    timesKernel: cpuNsPerCellTick && cpuNsPerCellTick.median / kernelNsPerCellTick,
    spread: { ticksPerSecond, cpuNsPerCellTick },
    scaling: {
      strong: rowsOf(backends.map((n) => [{ backends: n }, FIXED, found(n, FIXED)])),
      weak: rowsOf([...WEAK].map(([n, trial]) => [{ backends: n }, trial, found(n, trial)])),
      threads: rowsOf(await byThreads(found(1, FIXED))),
    },
  };
}

type Measured = [processes: Processes, trial: Trial, paces: Pace[]];

/** As many as there are processors is what a single backend has by itself. */
async function byThreads(withAll: Pace[]): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const threads of doublingsTo(availableParallelism())) {
    const processes = { backends: 1, threads };
    const isAll = threads === availableParallelism();
    const paces = isAll ? withAll : (await pacesOf(processes, [FIXED])).get(FIXED);
    measured.push([processes, FIXED, paces ?? []]);
  }
  return measured;
}

const cellsOf = ({ width, height }: Trial): number => width * height;

/** Measures one world after the other on one launch. */
function pacesOf(processes: Processes, trials: readonly Trial[]): Promise<Map<Trial, Pace[]>> {
  return LocalColony.run(processes, async (colony) => {
    const paces = new Map<Trial, Pace[]>();
    for (const trial of trials) {
      const { width, height } = trial;
      await colony.start({ width, height, shardSize: SHARD_SIZE, seed: 1, randomEvents: false });
      await sleep(paces.size === 0 ? FIRST_SETTLED_MS : SETTLED_MS);
      paces.set(trial, await pacesIn(colony, trial));
      await colony.stop();
    }
    return paces;
  });
}

async function pacesIn(colony: LocalColony, trial: Trial): Promise<Pace[]> {
  const paces: Pace[] = [];
  let from = await colony.moment();
  while (paces.length < trial.windows) {
    await sleep(trial.windowMs);
    const to = await colony.moment();
    // A machine that is very busy may not have ticked once.
    if (to.tick === from.tick) continue;
    paces.push(paceBetween(from, to, cellsOf(trial)));
    from = to;
  }
  return paces;
}

function rowsOf(measured: readonly Measured[]): ScalingRow[] {
  const median = (values: number[] | null) => values && summarise(values).median;
  const rows = measured.map(([{ backends, threads = fairThreads(backends) }, trial, paces]) => ({
    ...{ backends, threads, cells: cellsOf(trial) },
    ticksPerSecond: summarise(paces.map((pace) => pace.ticksPerSecond)).median,
    cpuNsPerCellTick: median(known(paces.map((pace) => pace.cpuNsPerCellTick))),
    coresUsed: median(known(paces.map((pace) => pace.coresUsed))),
  }));
  const gains = speedups(rows);
  return rows.map((row, i) => ({ ...row, speedup: gains[i] as number }));
}

/** null if any is. */
function known(values: (number | null)[]): number[] | null {
  const all = values.filter((value) => value !== null);
  return all.length === values.length ? all : null;
}
