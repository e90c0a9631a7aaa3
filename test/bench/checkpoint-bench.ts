import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { logged } from '../cluster/checkpoints.fixture.ts';
import { type CheckpointCost, measureCost } from './checkpoint-cost.ts';
import { type LossRow, measureLoss } from './checkpoint-loss.ts';
import { type CheckpointSize, measureSizes } from './checkpoint-size.ts';
import { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';

const BACKENDS = 4;
/** Of a launch that says nothing else. */
const INTERVAL_SECONDS = 10;
/** Where many are wanted. */
const SHORT_INTERVAL_SECONDS = 1;
/** No checkpoint within a measurement. */
const NEVER_SECONDS = 86_400;
/** By then most of what runs hot is compiled. */
const SETTLED_TICKS = 400;

const { width, height, shardSize, seed } = DEFAULT_WORLD_SPEC;
const DEFAULT_WORLD = { width, height, shardSize, seed };
/** Reaches a late tick while one waits. */
const SMALL_WORLD = { width: 500, height: 500, shardSize: 250, seed };
const SMALL_CELLS = SMALL_WORLD.width * SMALL_WORLD.height;
const EARLY_TICKS = [200, 1_000];
const LATE_TICK = 20_000;

export interface CheckpointResult {
  backends: number;
  cells: number;
  intervalSeconds: number;
  cost: CheckpointCost;
  /** How long the backend that took longest stood still for one checkpoint of the default world. */
  stoodMs: Summary;
  sizes: CheckpointSize[];
  losses: LossRow[];
}

/** What checkpoints cost while nothing is lost, what they take on disk, and what a loss costs with them. */
export async function benchCheckpoint(): Promise<CheckpointResult> {
  const { cost, stoodMs, losses } = await costAndLosses();
  const late = await sizesAndLateLosses();
  return {
    ...{ backends: BACKENDS, cells: width * height, intervalSeconds: INTERVAL_SECONDS },
    ...{ cost, stoodMs },
    sizes: late.sizes,
    losses: [...losses, ...late.losses],
  };
}

function costAndLosses() {
  const settings = { backends: BACKENDS, logLevel: 'info' } as const;
  return LocalColony.run(
    { ...settings, checkpointIntervalSeconds: INTERVAL_SECONDS },
    async (withThem) => {
      const cost = await LocalColony.run(
        { ...settings, checkpointIntervalSeconds: NEVER_SECONDS },
        async (without) => {
          for (const colony of [withThem, without]) {
            await colony.start(DEFAULT_WORLD);
            await colony.ticksTo(SETTLED_TICKS);
            await colony.api.pause();
          }
          return measureCost({ withThem, without }, width * height);
        },
      );
      const stoodMs = logged(withThem.dataDir, 'coordinator').flatMap(
        ({ stoodMs: ms }) => ms ?? [],
      );
      await withThem.api.resume();
      const losses = [await measureLoss(withThem, width * height, INTERVAL_SECONDS)];
      return { cost, stoodMs: summarise(stoodMs), losses };
    },
  );
}

/** The sizes in both worlds, and the losses at two ages in the small one, whose ticks come sooner. */
function sizesAndLateLosses() {
  const settings = { backends: BACKENDS, logLevel: 'info' } as const;
  const launch = { ...settings, checkpointIntervalSeconds: SHORT_INTERVAL_SECONDS };
  return LocalColony.run(launch, async (colony) => {
    await colony.start(DEFAULT_WORLD);
    const sizes = await measureSizes(colony, width * height, EARLY_TICKS);
    await colony.stop();
    await colony.start(SMALL_WORLD);
    sizes.push(...(await measureSizes(colony, SMALL_CELLS, EARLY_TICKS)));
    await colony.api.pace(null);
    const losses = [await measureLoss(colony, SMALL_CELLS, SHORT_INTERVAL_SECONDS)];
    sizes.push(...(await measureSizes(colony, SMALL_CELLS, [LATE_TICK])));
    await colony.api.pace(null);
    losses.push(await measureLoss(colony, SMALL_CELLS, SHORT_INTERVAL_SECONDS));
    return { sizes, losses };
  });
}
