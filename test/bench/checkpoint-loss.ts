import { setTimeout as sleep } from 'node:timers/promises';
import { type Logged, logged, startedAgainFrom } from '../cluster/checkpoints.fixture.ts';
import { signal } from '../cluster/local-mode.fixture.ts';
import type { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';

/** What kill -9 of a backend costs. */
export interface LossRow {
  cells: number;
  /** About where the colony was when it was lost. */
  atTick: number;
  /** From the kill to the first tick of the world that starts again. */
  tickingAgainMs: Summary;
  /** … until it is where it had been. */
  backMs: Summary;
  /** Ticks that had to be computed again. */
  ticksAgain: Summary;
  /** Of the slowest backend: reading, checking, unpacking and placing its cells, its threads' start included. */
  restoreMs: Summary;
}

/**
 * Kills a backend again and again, each time half an interval after a checkpoint that was taken since the last
 * loss: what is computed again is what it is on the average.
 *
 * @param rounds how often
 */
export async function measureLoss(
  colony: LocalColony,
  cells: number,
  intervalSeconds: number,
  rounds = 3,
  lose: (colony: LocalColony) => Promise<Loss> = killOne,
): Promise<LossRow> {
  const losses: Loss[] = [];
  const atTick = (await colony.api.colony()).tick ?? 0;
  while (losses.length < rounds) {
    await halfWay(colony, intervalSeconds);
    losses.push(await lose(colony));
  }
  return {
    cells,
    atTick,
    tickingAgainMs: summarise(losses.map(({ again }) => again)),
    backMs: summarise(losses.map(({ back }) => back)),
    ticksAgain: summarise(losses.map(({ ticks }) => ticks)),
    restoreMs: summarise(losses.map(({ restore }) => restore)),
  };
}

/** Waits until the world, with all its backends, is half an interval beyond a new checkpoint. */
async function halfWay(colony: LocalColony, intervalSeconds: number): Promise<void> {
  const last = (await colony.api.colony()).checkpoint?.tick ?? 0;
  await colony.shows('a new checkpoint, all backends', (view) => {
    const known = view.backends.filter(({ pid }) => pid !== null);
    const hasAll = known.length === colony.backendCount && view.phase === 'Ticking';
    return hasAll && (view.checkpoint?.tick ?? 0) > last;
  });
  await sleep(500 * intervalSeconds);
}

interface Loss {
  again: number;
  back: number;
  ticks: number;
  restore: number;
}

/** kill -9 of the backend that has run for longest: one that dies again and again is started later and later. */
export async function killOne(colony: LocalColony): Promise<Loss> {
  const { backends } = await colony.api.colony();
  const [pid] = backends.flatMap((backend) => backend.pid ?? []).sort((a, b) => a - b);
  return afterLoss(colony, async () => signal(pid, 'SIGKILL'));
}

/** kill -9 of every process, and the same command again: its time counts from there. */
export const killAll = (colony: LocalColony): Promise<Loss> =>
  afterLoss(colony, () => colony.killAllAndLaunch());

async function afterLoss(colony: LocalColony, lose: () => Promise<void>): Promise<Loss> {
  const lastTime = initializations(colony).at(-1)?.time ?? '';
  const { topologyVersion, tick } = await colony.api.colony();
  const stoodAt = tick ?? 0;
  const killedMs = performance.now();
  await lose();
  await colony.shows('it ticks again', (view) => {
    const { replay, phase } = view;
    if (view.topologyVersion === topologyVersion) return false;
    // A short replay is over before it is seen.
    return replay === null ? phase === 'Ticking' : (view.tick ?? 0) > replay.fromTick;
  });
  const again = performance.now() - killedMs;
  await colony.shows('it is where it was', (view) => {
    return view.phase === 'Ticking' && view.replay === null && (view.tick ?? 0) >= stoodAt;
  });
  const back = performance.now() - killedMs;
  const fromTick = Number(startedAgainFrom(logged(colony.dataDir, 'coordinator')).at(-1));
  const restores = initializations(colony).filter(({ time }) => time > lastTime);
  return {
    again,
    back,
    ticks: stoodAt - fromTick,
    restore: Math.max(...restores.map(({ tookMs = 0 }) => tookMs)),
  };
}

/** Of all backends, in the order of time. */
const initializations = ({ dataDir }: LocalColony): Logged[] =>
  logged(dataDir, 'backend')
    .filter(({ msg }) => msg === 'The shards are initialized.')
    .sort((a, b) => a.time.localeCompare(b.time));
