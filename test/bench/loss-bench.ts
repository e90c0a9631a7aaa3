import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { logged } from '../cluster/checkpoints.fixture.ts';
import { signal } from '../cluster/local-mode.fixture.ts';
import { killAll, type LossRow, measureLoss } from './checkpoint-loss.ts';
import { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';

const BACKENDS = 4;
const { width, height, shardSize, seed } = DEFAULT_WORLD_SPEC;
const DEFAULT_WORLD = { width, height, shardSize, seed };
/** Reaches a late tick while one waits. */
const SMALL_WORLD = { width: 500, height: 500, shardSize: 250, seed };
/** How often a backend of the small world is killed from each of these ages on: some 100 times in all. */
const AGES = [1_000, 20_000, 100_000];
const ROUNDS_AT_EACH = 30;
/** Those of the default world take half a minute each. */
const FEW_ROUNDS = 10;

export interface LossResult {
  backends: number;
  /** kill -9 of one backend. */
  one: LossRow[];
  /** kill -9 of everything; from the next launch on. */
  all: LossRow[];
  /** SIGTERM of a backend of the default world, and of as many new ones that get shards. */
  moves: { cells: number; stoodMs: Summary; ticksAgain: number };
}

/** What losses and moves cost, over many of them and at three ages: longer than any other part. */
export async function benchLoss(): Promise<LossResult> {
  const settings = { backends: BACKENDS, logLevel: 'info' } as const;
  const [cells, smallCells] = [width * height, SMALL_WORLD.width * SMALL_WORLD.height];
  const inDefault = await LocalColony.run(settings, async (colony) => {
    await colony.start(DEFAULT_WORLD);
    await colony.ticksTo(400);
    const one = await measureLoss(colony, cells, 10, FEW_ROUNDS);
    const all = await measureLoss(colony, cells, 10, FEW_ROUNDS / 2, killAll);
    const moves = await measureMoves(colony);
    return { one, all, moves: { cells, ...moves } };
  });
  const inSmall = await LocalColony.run(
    { ...settings, checkpointIntervalSeconds: 1 },
    async (colony) => {
      await colony.start(SMALL_WORLD);
      const one: LossRow[] = [];
      for (const age of AGES) {
        await colony.shows(`tick ${age}`, ({ tick }) => (tick ?? 0) >= age);
        one.push(await measureLoss(colony, smallCells, 1, ROUNDS_AT_EACH));
      }
      return { one, all: await measureLoss(colony, smallCells, 1, FEW_ROUNDS, killAll) };
    },
  );
  return {
    backends: BACKENDS,
    one: [inDefault.one, ...inSmall.one],
    all: [inDefault.all, inSmall.all],
    moves: inDefault.moves,
  };
}

/** Ends backends by SIGTERM, one after the other; the launch starts another for each, which gets shards. */
async function measureMoves(
  colony: LocalColony,
): Promise<{ stoodMs: Summary; ticksAgain: number }> {
  const stood: number[] = [];
  let ticksAgain = 0;
  const fromLine = logged(colony.dataDir, 'coordinator').length;
  for (let round = 0; round < FEW_ROUNDS / 2; round++) {
    const { topologyVersion, backends } = await colony.shows(
      'all that hold shards are known',
      (view) => view.backends.every(({ pid }) => pid !== null),
    );
    signal(backends[0]?.pid, 'SIGTERM');
    await colony.shows('all backends have shards again', (view) => {
      const isWhole = view.backends.filter(({ shards }) => shards > 0).length === BACKENDS;
      return view.topologyVersion >= topologyVersion + 2 && isWhole && view.phase === 'Ticking';
    });
  }
  const lines = logged(colony.dataDir, 'coordinator').slice(fromLine);
  let stoodAt: { ms: number; tick?: number } | undefined;
  for (const { msg, time, tick, replayUntil } of lines) {
    if (msg.startsWith('shards are to be moved')) stoodAt = { ms: Date.parse(time) };
    if (stoodAt !== undefined && msg === 'checkpoint taken' && tick !== undefined)
      stoodAt.tick = tick;
    if (stoodAt === undefined || msg !== 'coordinator ticker started') continue;
    stood.push(Date.parse(time) - stoodAt.ms);
    ticksAgain += (replayUntil ?? 0) - (stoodAt.tick ?? 0);
    stoodAt = undefined;
  }
  return { stoodMs: summarise(stood), ticksAgain };
}
