import type { ColonyView } from '../../protocol/api/public-api.ts';
import { injectedEventsOf } from '../../protocol/colony/colony-event.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../world/spec/spec.ts';
import type { ApiClient } from '../client/api-client.ts';
import { grouped } from '../colony/status-text.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { type CheckpointReading, type CheckpointStart, startOf } from './checkpoint-start.ts';
import { type CheckpointFlags, checkpointPlace, chooseCheckpoint } from './kept-checkpoints.ts';
import { type Replay, replayTo } from './replay.ts';
import { ReplayProgress } from './replay-progress.ts';
import { type ReplayHost, runReplay } from './run-replay.ts';
import { type Expected, planVerification, type Verdict, verdictText } from './verification.ts';

export interface VerifyOptions extends CheckpointFlags {
  /** The last tick to compare at. @default the newest stored digest */
  to?: number;
  /** With the readable kernel. @default false */
  reference?: boolean;
  json?: boolean;
}

/**
 * `colony verify`: replays the running colony in one process, from genesis or from a checkpoint, and compares
 * every stored digest from there on. Ends with 0 when they are bit-identical, with 1 when they differ or cannot
 * be compared.
 */
export async function verifyCommand(
  client: ApiClient,
  options: VerifyOptions,
  output: Output,
  host: ReplayHost,
): Promise<ExitCode> {
  const { reference, to } = options;
  const place = checkpointPlace(options, client.url);
  const colony = await fetchColony(client, options);
  const { colonyInstanceId, spec, checkpoint, digests, events } = colony;
  const from =
    place &&
    checkpoint &&
    (await readStart({ ...colony, checkpoint, place, reference }, output, host));
  const plan = planVerification(digests, { from, to });
  if ('problem' in plan) throw new CliError(plan.problem, EXIT.refused);

  const replayed = { events, reference, ...(from !== undefined && { start: from.start }) };
  const compared = await runReplay(spec, replayed, host, (world) => {
    const last = plan.expected.at(-1)?.tick ?? 0;
    const progress = new ReplayProgress(output, host.clock, { from: world.tick, to: last });
    return compare(world, plan.expected, progress);
  });
  const verdict = { ...compared, ...(from !== undefined && { fromCheckpoint: from.tick }) };
  const { colonyInstanceId: now } = await client.colony();
  if (now !== colonyInstanceId) throw changed(colonyInstanceId, now, verdictText(verdict));
  if (options.json) output.json({ ...verdict, colonyInstanceId });
  else output.line(verdictText(verdict));
  return verdict.identical ? EXIT.ok : EXIT.refused;
}

/** The start at a checkpoint, which shows how far it has been read. */
function readStart(
  reading: Omit<CheckpointReading, 'onShards'>,
  output: Output,
  host: ReplayHost,
): Promise<CheckpointStart> {
  const { checkpoint, spec } = reading;
  const shards = (spec.width * spec.height) / spec.shardSize ** 2;
  const what = `reading the checkpoint of tick ${grouped(checkpoint.tick)}`;
  const onShards = (filled: number) =>
    output.progress(`${what} · ${grouped(filled)} of ${grouped(shards)} shards`);
  return startOf({ ...reading, onShards }, host);
}

/**
 * Spec, digests and injected events of one instance, with proof that they belong together: from the checkpoint
 * on that `--from` means, or from genesis.
 */
async function fetchColony(client: ApiClient, { from, to }: VerifyOptions) {
  const { colonyInstanceId, spec } = runningColony(await client.colony());
  // In this order: a checkpoint is listed once the digest of its tick is stored, and what a digest shows was
  // accepted before it was computed.
  const checkpoint =
    from === undefined ? undefined : chooseCheckpoint(await client.checkpoints(), from, to);
  const digests = await client.digests(checkpoint?.tick);
  const events = injectedEventsOf(await client.events(checkpoint?.tick));
  const { colonyInstanceId: after } = await client.colony();
  if (after !== colonyInstanceId) throw changed(colonyInstanceId, after);
  return { colonyInstanceId, spec, checkpoint, digests, events };
}

function runningColony(view: ColonyView): { colonyInstanceId: string; spec: WorldSpec } {
  const { status, colonyInstanceId, spec, engineVersion } = view;
  if (status === 'NotInitialized' || colonyInstanceId === null || spec === null) {
    throw new CliError('No colony is started: there is nothing to compare yet.', EXIT.refused);
  }
  if (engineVersion !== ENGINE_VERSION) {
    throw new CliError(
      `The colony was started by engine version ${engineVersion}, this is version ${ENGINE_VERSION}: verify it with the version that started it.`,
      EXIT.refused,
    );
  }
  return { colonyInstanceId, spec };
}

async function compare(
  world: Replay,
  expected: readonly Expected[],
  progress: ReplayProgress,
): Promise<Verdict> {
  for (const { tick, digest, by } of expected) {
    const own = await replayTo(world, tick, (now) => progress.show(now, 'identical so far'));
    if (own === digest) continue;
    return by === 'manifest'
      ? { identical: false, tick, manifest: digest, restored: own }
      : { identical: false, tick, stored: digest, replayed: own };
  }
  return { identical: true, tick: world.tick, compared: expected.length };
}

function changed(before: string, now: string | null, verdict?: string): CliError {
  const found = verdict === undefined ? '' : ` What was replayed of ${before}: ${verdict}.`;
  return new CliError(
    `The colony changed meanwhile from instance ${before} to ${now ?? 'none'}: verify again.${found}`,
    EXIT.refused,
  );
}
