import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fairThreads } from '../../services/local/local-settings.ts';
import { kernelProbe } from './kernel-bench.ts';
import { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';
import { doublingsTo, type Pace, paceBetween, speedups } from './ticking.ts';

const WHOLE = { width: 2000, height: 1250 };
const BACKENDS = 4;
const WINDOWS = 5;
const WINDOW_MS = 1_200;
/** Ticks before the measurement: by then what runs hot is compiled. */
const SETTLED_TICK = 100;
/** For scaling, which compares many launches. */
const SHORT = { windows: 2, windowMs: 700, settledTick: 150 };
const SHARD_SIZE = 250;

interface World {
  width: number;
  height: number;
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
  const { paces, cells } = await ticking({ backends: BACKENDS, ...WHOLE });
  kernelNs.push(kernel.measure());
  const ticksPerSecond = summarise(paces.map((pace) => pace.ticksPerSecond));
  const cpu = known(paces.map((pace) => pace.cpuNsPerCellTick));
  const cores = known(paces.map((pace) => pace.coresUsed));
  const cpuNsPerCellTick = cpu && summarise(cpu);
  const kernelNsPerCellTick = summarise(kernelNs).median;
  return {
    ticksPerSecond: ticksPerSecond.median,
    cpuNsPerCellTick: cpuNsPerCellTick?.median ?? null,
    cells,
    coresUsed: cores && summarise(cores).median,
    cores: availableParallelism(),
    backends: BACKENDS,
    kernelNsPerCellTick,
    timesKernel: cpuNsPerCellTick && cpuNsPerCellTick.median / kernelNsPerCellTick,
    spread: { ticksPerSecond, cpuNsPerCellTick },
    scaling: await scaling(),
  };
}

type Configuration = World & { backends: number; threads?: number };

async function ticking(
  { backends, threads, width, height }: Configuration,
  { windows, windowMs, settledTick } = {
    windows: WINDOWS,
    windowMs: WINDOW_MS,
    settledTick: SETTLED_TICK,
  },
): Promise<{ paces: Pace[]; cells: number }> {
  const cells = width * height;
  const launch = { backends, ...(threads !== undefined && { threads }) };
  return LocalColony.run(launch, async (colony) => {
    await colony.start({ width, height, shardSize: SHARD_SIZE, seed: 1, randomEvents: false });
    await colony.ticksTo(settledTick);
    const paces: Pace[] = [];
    let from = await colony.moment();
    while (paces.length < windows) {
      await sleep(windowMs);
      const to = await colony.moment();
      // A machine that is very busy may not have ticked once.
      if (to.tick === from.tick) continue;
      paces.push(paceBetween(from, to, cells));
      from = to;
    }
    return { paces, cells };
  });
}

async function scaling(): Promise<ClusterResult['scaling']> {
  const fixed = { width: 1000, height: 1000 };
  const done = new Map<string, Omit<ScalingRow, 'speedup'>>();
  const rows = async (configurations: Configuration[]) => {
    const measured: Omit<ScalingRow, 'speedup'>[] = [];
    for (const configuration of configurations) {
      const key = JSON.stringify(configuration);
      const row = done.get(key) ?? (await measure(configuration));
      done.set(key, row);
      measured.push(row);
    }
    const gains = speedups(measured);
    return measured.map((row, i) => ({ ...row, speedup: gains[i] as number }));
  };
  const processors = availableParallelism();
  // As many as there are processors is what a single backend has by itself.
  const inOne = (threads: number) => ({
    backends: 1,
    ...fixed,
    ...(threads < processors && { threads }),
  });
  return {
    strong: await rows([1, 2, 4, 8].map((backends) => ({ backends, ...fixed }))),
    weak: await rows([
      { backends: 1, width: 500, height: 500 },
      { backends: 2, width: 1000, height: 500 },
      { backends: 4, ...fixed },
      { backends: 8, width: 2000, height: 1000 },
    ]),
    threads: await rows(doublingsTo(processors).map(inOne)),
  };
}

async function measure(configuration: Configuration): Promise<Omit<ScalingRow, 'speedup'>> {
  const { backends } = configuration;
  const threads = configuration.threads ?? fairThreads(backends);
  const { paces, cells } = await ticking(configuration, SHORT);
  const median = (values: number[] | null) => values && summarise(values).median;
  return {
    backends,
    threads,
    cells,
    ticksPerSecond: summarise(paces.map((pace) => pace.ticksPerSecond)).median,
    cpuNsPerCellTick: median(known(paces.map((pace) => pace.cpuNsPerCellTick))),
    coresUsed: median(known(paces.map((pace) => pace.coresUsed))),
  };
}

/** null if any is. */
function known(values: (number | null)[]): number[] | null {
  const all = values.filter((value) => value !== null);
  return all.length === values.length ? all : null;
}
