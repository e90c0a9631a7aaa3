import { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';

const BACKENDS = 4;
const ROUNDS = 3;
const DEFAULT_WORLD = { width: 2000, height: 1250, shardSize: 250 };
/** More cells, and the same cells in more shards. */
const WORLDS = [
  { width: 500, height: 500, shardSize: 250 },
  { width: 1000, height: 1000, shardSize: 250 },
  DEFAULT_WORLD,
  { ...DEFAULT_WORLD, shardSize: 125 },
  { ...DEFAULT_WORLD, shardSize: 50 },
];

export interface StartResult {
  /** Of the default world: 40 shards on 4 backends. */
  firstTickMs: number;
  backends: number;
  byShards: { shards: number; cells: number; firstTickMs: number; spread: Summary }[];
}

/** From the request of a colony-start to the first tick of every backend, on backends that are there. */
export async function benchStart(): Promise<StartResult> {
  const byShards = await LocalColony.run({ backends: BACKENDS }, async (colony) => {
    // The first start of a process also compiles what it runs: it counts for none of the worlds.
    await startAndStop(colony, { width: 500, height: 500, shardSize: 250 });
    const rows: StartResult['byShards'] = [];
    for (const world of WORLDS) {
      const times: number[] = [];
      while (times.length < ROUNDS) times.push(await startAndStop(colony, world));
      const spread = summarise(times);
      const { width, height, shardSize } = world;
      const shards = (width / shardSize) * (height / shardSize);
      rows.push({ shards, cells: width * height, firstTickMs: spread.median, spread });
    }
    return rows;
  });
  const own = byShards[WORLDS.indexOf(DEFAULT_WORLD)];
  return { firstTickMs: own?.firstTickMs ?? Number.NaN, backends: BACKENDS, byShards };
}

async function startAndStop(colony: LocalColony, world: typeof DEFAULT_WORLD): Promise<number> {
  const firstTickMs = await colony.start({ ...world, seed: 1 });
  await colony.stop();
  return firstTickMs;
}
