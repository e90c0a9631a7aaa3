import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalCluster } from '../../local/cluster.ts';
import { LOCAL_BACKENDS_MAX } from '../../local/local-settings.ts';
import { flagOf } from '../../platform/config/config.ts';
import type { ColonyView } from '../../protocol/api/public-api.ts';
import { ApiClient } from '../client/api-client.ts';
import { keyOrNew } from '../client/idempotency-key.ts';
import { startColony } from '../colony/start-colony.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { askForBackends, askForPace } from './given-flags.ts';
import type { LocalOptions } from './local-options.ts';
import { firstStep, nextStep, progressLine, type StepEvent } from './steps.ts';

const READY_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 100;

/**
 * Starts all processes, then is a client: starts the colony or joins the one that is there.
 *
 * @returns resolves once the colony wants the backends that the flags ask for, or has refused them: by then
 *   the number in its record is the one to follow.
 */
export async function bringUp(
  cluster: LocalCluster,
  options: LocalOptions,
  output: Output,
  signal: AbortSignal,
): Promise<{ scaled: Promise<void> }> {
  let state = firstStep(performance.now());
  const show = (event: StepEvent) => {
    const next = nextStep(state, event);
    state = next.state;
    if (next.line !== undefined) output.line(next.line);
    output.progress(progressLine(state));
  };
  const detail = (text: string) => show({ type: 'detail', text });
  const done = (text: string) => show({ type: 'done', text, nowMs: performance.now() });

  detail('starting');
  await cluster.startStore();
  done(`on disk in ${cluster.dataDir}`);

  const { pace, given } = options;
  const stored = given.includes('backends') ? undefined : await cluster.storedBackends();
  const backends = Math.min(stored ?? options.backends, LOCAL_BACKENDS_MAX);
  signal.throwIfAborted();
  await cluster.startCoordinators();
  cluster.scaleBackends(backends);
  await coordinatorsReady(cluster, detail, signal);
  done(cluster.urls.join(', '));

  await backendsRegistered(cluster, backends, detail, signal);
  done(`${backends} registered`);

  const client = new ApiClient(cluster.urls[0] ?? '');
  const joining = { detail, output, signal };
  const { text, paceBefore, backendsBefore } = await startOrJoin(client, options, joining);
  done(text);
  output.line(`The colony is at ${client.url}`);
  // Beside the live line: it may take a while until somebody leads, and drives the colony.
  const asking = { output, signal };
  if (given.includes('pace') && paceBefore !== undefined && paceBefore !== pace) {
    void askForPace(client, { pace, was: paceBefore }, asking);
  }
  const isAsked = given.includes('backends') && (backendsBefore ?? backends) !== backends;
  if (!isAsked || backendsBefore === undefined) return { scaled: Promise.resolve() };
  return { scaled: askForBackends(client, { backends, was: backendsBefore }, asking) };
}

async function coordinatorsReady(
  cluster: LocalCluster,
  detail: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = new Set(cluster.urls);
  await poll('The coordinators are not ready', signal, async () => {
    for (const url of waiting) {
      if (await new ApiClient(url).isReady(1000)) waiting.delete(url);
    }
    detail(`waiting for ${[...waiting].join(', ')}`);
    return waiting.size === 0;
  });
}

async function backendsRegistered(
  cluster: LocalCluster,
  count: number,
  detail: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await poll('The backends are not registered', signal, async () => {
    const registered = await cluster.countBackends();
    detail(`${registered} of ${count} registered`);
    return registered >= count;
  });
}

async function poll(
  problem: string,
  signal: AbortSignal,
  isDone: () => Promise<boolean>,
  { timeoutMs = READY_TIMEOUT_MS, exitCode = EXIT.usage as ExitCode } = {},
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isDone())) {
    signal.throwIfAborted();
    if (performance.now() >= deadlineMs) {
      throw new CliError(`${problem} after ${timeoutMs / 1000} s: see the logs.`, exitCode);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

interface Joining {
  /** Says what is being done. */
  detail: (text: string) => void;
  output: Output;
  signal: AbortSignal;
}

interface Begun {
  /** What was done, in one line. */
  text: string;
  /** The pace of a colony that was there already, in ticks per second; null: as fast as possible. */
  paceBefore?: number | null;
  /** How many backends it wanted. */
  backendsBefore?: number;
}

async function startOrJoin(client: ApiClient, options: LocalOptions, o: Joining): Promise<Begun> {
  const view = await client.colony();
  if (view.status === 'TopographyInitialized') {
    const paceBefore = view.ticksPerSecond.asked;
    return { text: joinText(view, options), paceBefore, backendsBefore: view.wantedBackends };
  }
  if (view.status === 'Initializing') return joinStart(client, options, o);
  if (!options.colonyStart) return { text: `left to you: colony start --url ${client.url}` };
  const { colonyInstanceId } = await startColony(client, {
    key: keyOrNew({}, 'local', 'Starting', o.output),
    timeoutMs: START_TIMEOUT_MS,
    onProgress: o.detail,
    signal: o.signal,
  });
  return { text: `started instance ${colonyInstanceId}` };
}

/** Someone's start is under way: it becomes a colony, or there is none again. */
async function joinStart(client: ApiClient, options: LocalOptions, o: Joining): Promise<Begun> {
  const { colonyInstanceId, generation } = await client.colony();
  const isOver = async () => {
    const { status, phaseDetail, phase, lastFailure } = await client.colony();
    o.detail(`joining a start in progress: ${phaseDetail ?? phase}`);
    if (status === 'NotInitialized' && lastFailure?.generation === generation) {
      const { code, reason } = lastFailure;
      o.output.note(`The start that was in progress has failed: ${code}: ${reason}.`);
    }
    return status !== 'Initializing';
  };
  const problem = `The start of ${colonyInstanceId} is not done; it goes on`;
  await poll(problem, o.signal, isOver, { timeoutMs: START_TIMEOUT_MS, exitCode: EXIT.refused });
  return startOrJoin(client, options, o);
}

const WORLD_FLAGS = ['width', 'height', 'shardSize', 'seed', 'randomEvents'] as const;

const flagText = (value: number | boolean): string =>
  typeof value === 'number' ? String(value) : value ? 'on' : 'off';

/** What a launch says of the colony that it found, and which of the flags it was given that overrules. */
export function joinText(
  view: Pick<ColonyView, 'colonyInstanceId' | 'spec' | 'checkpoint'>,
  asked: Pick<LocalOptions, (typeof WORLD_FLAGS)[number] | 'given'>,
): string {
  const { spec, checkpoint } = view;
  const from = checkpoint?.tick == null ? 'genesis' : `its checkpoint of tick ${checkpoint.tick}`;
  const resuming = `resuming colony ${view.colonyInstanceId} from ${from}`;
  if (spec === null) return resuming;
  const overruled = WORLD_FLAGS.filter(
    (name) => asked.given.includes(name) && spec[name] !== asked[name],
  );
  if (overruled.length === 0) return resuming;
  const stored = overruled.map(
    (name) => `${flagOf(name)} ${flagText(spec[name])}, not ${flagText(asked[name])}`,
  );
  return `${resuming}. Its stored spec is used, not the world flags: ${stored.join('; ')}`;
}
