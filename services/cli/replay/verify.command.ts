import type { ColonyView } from '../../protocol/api/public-api.ts';
import { injectedEventsOf } from '../../protocol/colony/colony-event.ts';
import type { DigestEntry } from '../../protocol/colony/sampling.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../world/spec/spec.ts';
import type { ApiClient } from '../client/api-client.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { type Replay, replayTo } from './replay.ts';
import { ReplayProgress } from './replay-progress.ts';
import { type ReplayHost, runReplay } from './run-replay.ts';
import { planVerification, type Verdict, verdictText } from './verification.ts';

export interface VerifyOptions {
  /** The last tick to compare at. @default the newest stored digest */
  to?: number;
  /** With the readable kernel. @default false */
  reference?: boolean;
  json?: boolean;
}

/**
 * `colony verify`: replays the running colony in one process and compares every stored digest.
 * Ends with 0 when they are bit-identical, with 1 when they differ or cannot be compared.
 */
export async function verifyCommand(
  client: ApiClient,
  options: VerifyOptions,
  output: Output,
  host: ReplayHost,
): Promise<ExitCode> {
  const { colonyInstanceId, spec, digests, events } = await fetchColony(client);
  const plan = planVerification(digests, options.to);
  if ('problem' in plan) throw new CliError(plan.problem, EXIT.refused);

  const replayed = { events, reference: options.reference };
  const verdict = await runReplay(spec, replayed, host, (world) => {
    const to = plan.entries.at(-1)?.tick ?? 0;
    const progress = new ReplayProgress(output, host.clock, { from: world.tick, to });
    return compare(world, plan.entries, progress);
  });
  const { colonyInstanceId: now } = await client.colony();
  if (now !== colonyInstanceId) throw changed(colonyInstanceId, now, verdictText(verdict));
  if (options.json) output.json({ ...verdict, colonyInstanceId });
  else output.line(verdictText(verdict));
  return verdict.identical ? EXIT.ok : EXIT.refused;
}

/** Spec, digests and injected events of one instance, with proof that they belong together. */
async function fetchColony(client: ApiClient) {
  const { colonyInstanceId, spec } = runningColony(await client.colony());
  // In this order: what a digest shows was accepted before it was computed, hence is listed now.
  const digests = await client.digests();
  const events = injectedEventsOf(await client.events());
  const { colonyInstanceId: after } = await client.colony();
  if (after !== colonyInstanceId) throw changed(colonyInstanceId, after);
  return { colonyInstanceId, spec, digests, events };
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
  entries: DigestEntry[],
  progress: ReplayProgress,
): Promise<Verdict> {
  for (const { tick, digest: stored } of entries) {
    const replayed = await replayTo(world, tick, (now) => progress.show(now, 'identical so far'));
    if (replayed !== stored) return { identical: false, tick, stored, replayed };
  }
  return { identical: true, tick: world.tick, compared: entries.length };
}

function changed(before: string, now: string | null, verdict?: string): CliError {
  const found = verdict === undefined ? '' : ` What was replayed of ${before}: ${verdict}.`;
  return new CliError(
    `The colony changed meanwhile from instance ${before} to ${now ?? 'none'}: verify again.${found}`,
    EXIT.refused,
  );
}
