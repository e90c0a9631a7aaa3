import { injectedEventsOf } from '../../protocol/colony/colony-event.ts';
import type { ApiClient } from '../client/api-client.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { type CheckpointFlags, checkpointPlace, chooseCheckpoint } from './kept-checkpoints.ts';
import { advanceTo, type Replay } from './replay.ts';
import { ReplayProgress } from './replay-progress.ts';
import { RowComparison } from './row-comparison.ts';
import { type ReplayHost, runReplay } from './run-replay.ts';
import { changedMeanwhile, readStart, runningColony } from './running-colony.ts';
import { fetchRows, type StoredRows } from './stored-rows.ts';
import {
  type Expected,
  leftOutText,
  planVerification,
  type Verdict,
  verdictText,
} from './verification.ts';

export interface VerifyOptions extends CheckpointFlags {
  /** The last tick to compare at. @default the newest stored digest */
  to?: number;
  /** With the readable kernel. @default false */
  reference?: boolean;
  json?: boolean;
}

const REMEDY = 'Verify from an earlier one that colony checkpoints lists, or without --from.';

/**
 * `colony verify`: replays the running colony in one process, from genesis or from a checkpoint, and compares
 * every stored digest from there on, and every row of statistics and surveys that is kept of these ticks at full
 * resolution. Ends with 0 when they are bit-identical, with 1 when they differ or no digest can be compared. Rows that
 * the colony cannot give are left out, and it says which.
 */
export async function verifyCommand(
  client: ApiClient,
  options: VerifyOptions,
  output: Output,
  host: ReplayHost,
): Promise<ExitCode> {
  const { reference, to } = options;
  const place = checkpointPlace(options, client.url);
  const colony = await fetchColony(client, options, output);
  const { colonyInstanceId, spec, checkpoint, digests, events, stored, leftOut } = colony;
  const from =
    place &&
    checkpoint &&
    (await readStart({ ...colony, checkpoint, place, reference, remedy: REMEDY }, output, host));
  const plan = planVerification(digests, { from, to });
  if ('problem' in plan) throw new CliError(plan.problem, EXIT.refused);

  const replayed = { events, reference, ...(from !== undefined && { start: from.start }) };
  const compared = await runReplay(spec, replayed, host, (world) => {
    const last = plan.expected.at(-1)?.tick ?? 0;
    const progress = new ReplayProgress(output, host.clock, { from: world.tick, to: last });
    return compare(world, plan.expected, stored, progress);
  });
  output.progress('');
  for (const rows of leftOut) output.note(leftOutText(rows));
  const verdict = {
    ...compared,
    ...(from !== undefined && { fromCheckpoint: from.tick }),
    ...(leftOut.length > 0 && { leftOut }),
  };
  const { colonyInstanceId: now } = await client.colony();
  if (now !== colonyInstanceId) throw changedMeanwhile(colonyInstanceId, now, verdictText(verdict));
  if (options.json) output.json({ ...verdict, colonyInstanceId });
  else output.line(verdictText(verdict));
  return verdict.identical ? EXIT.ok : EXIT.refused;
}

/**
 * Spec, digests, rows and injected events of one instance, with proof that they belong together: from the checkpoint
 * on that `--from` means, or from genesis.
 */
async function fetchColony(client: ApiClient, { from, to }: VerifyOptions, output: Output) {
  const { colonyInstanceId, spec } = runningColony(await client.colony(), 'compare');
  // In this order: a checkpoint is listed once the digest of its tick is stored, and what a digest shows was
  // accepted before it was computed.
  const checkpoint =
    from === undefined ? undefined : chooseCheckpoint(await client.checkpoints(), from, to);
  output.progress('asking for digests');
  const digests = await client.digests(checkpoint?.tick);
  output.progress('asking for events');
  const events = injectedEventsOf(await client.events(checkpoint?.tick));
  output.progress('asking for statistics');
  const last = digests.findLast(({ tick }) => to === undefined || tick <= to)?.tick;
  const { stored, leftOut } =
    last === undefined
      ? { stored: [], leftOut: [] }
      : await fetchRows(client, { from: checkpoint?.tick ?? 0, to: last });
  const { colonyInstanceId: after } = await client.colony();
  if (after !== colonyInstanceId) throw changedMeanwhile(colonyInstanceId, after);
  return { colonyInstanceId, spec, checkpoint, digests, events, stored, leftOut };
}

/** @param stored rows up to the last expected digest. */
async function compare(
  world: Replay,
  expected: readonly Expected[],
  stored: readonly StoredRows[],
  progress: ReplayProgress,
): Promise<Verdict> {
  const rows = new RowComparison(stored, world.tick);
  const stops = new Set([...expected.map(({ tick }) => tick), ...rows.ticks]);
  let next = 0;
  for (const tick of [...stops].sort((a, b) => a - b)) {
    await advanceTo(world, tick, (now) => progress.show(now, 'identical so far'));
    const own = expected[next]?.tick === tick ? await world.digest() : '';
    for (; expected[next]?.tick === tick; next++) {
      const { digest, by } = expected[next] as Expected;
      if (own === digest) continue;
      return by === 'manifest'
        ? { identical: false, tick, manifest: digest, restored: own }
        : { identical: false, tick, stored: digest, replayed: own };
    }
    const [difference] = await rows.differences(world);
    if (difference !== undefined) return { identical: false, ...difference };
  }
  return { identical: true, tick: world.tick, compared: expected.length, rows: rows.compared };
}
