import type { CheckpointView } from '../../protocol/api/public-api.ts';
import { injectedEventsOf } from '../../protocol/colony/colony-event.ts';
import { DIGEST_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import type { ApiClient } from '../client/api-client.ts';
import { grouped } from '../colony/status-text.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { type CheckpointFlags, placeOf } from './kept-checkpoints.ts';
import { advanceTo, type Replay, replayTo } from './replay.ts';
import { ReplayProgress } from './replay-progress.ts';
import { type ReplayHost, runReplay } from './run-replay.ts';
import { changedMeanwhile, readStart, runningColony } from './running-colony.ts';

/** The word for the first state in `--from`. */
export const FROM_GENESIS = 'genesis';

export interface PastOptions extends Omit<CheckpointFlags, 'from'> {
  /** The newest checkpoint at this tick or before. @default the newest that leads to the first tick asked for */
  from?: number | typeof FROM_GENESIS;
  /** With the readable kernel. @default false */
  reference?: boolean;
}

/** A past state, computed in this process. */
export interface PastState {
  readonly world: Replay;
  readonly colonyInstanceId: string;
  /** The checkpoint that it was computed from; undefined: from genesis. */
  readonly fromCheckpoint: number | undefined;
}

const REMEDY = 'Take an earlier one with --from, or --from genesis.';

/**
 * Computes past states of the running colony in this process, from the newest checkpoint that leads there or from
 * genesis, with the events that the colony had. Each state is proven by the newest digest that is stored at its
 * tick or before and was passed on the way.
 *
 * @param ticks ascending, at least one.
 * @param use is called for each tick, in turn.
 * @throws CliError if a tick is not past, no checkpoint can be read, a digest differs, or another colony took its
 * place meanwhile.
 */
export async function visitPast(
  client: ApiClient,
  ticks: readonly number[],
  options: PastOptions,
  output: Output,
  host: ReplayHost,
  use: (state: PastState) => Promise<void>,
): Promise<void> {
  const [first = 0, last = first] = [ticks[0], ticks.at(-1)];
  const { reference } = options;
  const { colonyInstanceId, spec, tick } = runningColony(await client.colony(), 'replay');
  if (last > tick) {
    throw new CliError(`Tick ${last} is to come: the colony is at tick ${tick}.`, EXIT.refused);
  }
  const checkpoint = chooseStart(await client.checkpoints(), first, options.from);
  const events = injectedEventsOf(await client.events(checkpoint?.tick));
  const place = placeOf(options, client.url);
  const reading = { colonyInstanceId, spec, place, reference, remedy: REMEDY };
  const from = checkpoint && (await readStart({ ...reading, checkpoint }, output, host));
  await assertSame(client, colonyInstanceId);

  const replayed = { events, reference, ...(from !== undefined && { start: from.start }) };
  await runReplay(spec, replayed, host, async (world) => {
    const startTick = world.tick;
    if (from !== undefined) assertDigest(startTick, await world.digest(), from.digest);
    const progress = new ReplayProgress(output, host.clock, { from: startTick, to: last });
    for (const wanted of ticks) {
      await advance(world, wanted, client, progress);
      await use({ world, colonyInstanceId, fromCheckpoint: from?.tick });
    }
  });
  output.progress('');
  await assertSame(client, colonyInstanceId);
}

/** Takes the world to a tick, and compares the last digest on the way with the stored one. */
async function advance(
  world: Replay,
  tick: number,
  client: ApiClient,
  progress: ReplayProgress,
): Promise<void> {
  const onProgress = (now: number) => progress.show(now);
  const proven = tick - (tick % DIGEST_EVERY_TICKS);
  if (proven >= world.tick) {
    const own = await replayTo(world, proven, onProgress);
    const stored = await client.digestAt(proven);
    if (stored !== undefined) assertDigest(proven, own, stored);
  }
  await advanceTo(world, tick, onProgress);
}

function chooseStart(
  kept: readonly CheckpointView[],
  tick: number,
  from: PastOptions['from'] = tick,
): CheckpointView | undefined {
  if (from === FROM_GENESIS) return undefined;
  if (from > tick) {
    throw new CliError(`--from ${from} is after tick ${tick}, which is asked for.`, EXIT.usage);
  }
  const [newest] = kept.filter((one) => one.tick <= from).sort((a, b) => b.tick - a.tick);
  return newest;
}

async function assertSame(client: ApiClient, colonyInstanceId: string): Promise<void> {
  const { colonyInstanceId: now } = await client.colony();
  if (now !== colonyInstanceId) throw changedMeanwhile(colonyInstanceId, now);
}

function assertDigest(tick: number, own: string, expected: string): void {
  if (own === expected) return;
  throw new CliError(
    `The replay differs from the colony at tick ${grouped(tick)}: expected ${expected}, replayed ${own}.`,
    EXIT.refused,
  );
}
