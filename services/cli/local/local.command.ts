import { setTimeout as sleep } from 'node:timers/promises';
import { LocalCluster } from '../../local/cluster.ts';
import { LocalError } from '../../local/local-error.ts';
import type { Role } from '../../local/managed-child.ts';
import type { ColonyView } from '../../protocol/api/public-api.ts';
import { colonySpecProblem } from '../../protocol/colony/spec.ts';
import { DEFAULT_WORLD_SPEC } from '../../world/spec/spec.ts';
import { ApiClient } from '../client/api-client.ts';
import { liveLine } from '../colony/live-line.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { namedByFlag } from '../terminal/flag-names.ts';
import type { Output } from '../terminal/output.ts';
import type { LocalOptions } from './local-options.ts';
import { bringUp } from './local-start.ts';

const REDRAW_MS = 500;
const PLAIN_LINE_MS = 10_000;
/** How often a launch without a terminal looks at its colony. */
const PLAIN_LOOK_MS = 1_000;
/** What a shell makes of an end by SIGINT. */
const INTERRUPTED = 130;

/**
 * `colony local`: runs a whole colony on this machine until it is told to end. Throws CliError
 * when it cannot be brought up; a Ctrl-C or SIGTERM ends it with 0.
 */
export async function localCommand(options: LocalOptions, allOutput: Output): Promise<ExitCode> {
  // With --json standard output holds one document and nothing else.
  const output = options.json ? { ...allOutput, line: allOutput.note } : allOutput;
  const { width, height, shardSize, seed } = options;
  const problem = colonySpecProblem({ ...DEFAULT_WORLD_SPEC, width, height, shardSize, seed });
  if (problem !== undefined) {
    throw new CliError(`The world is not valid: ${namedByFlag(problem)}.`, EXIT.usage);
  }

  const broken = new AbortController();
  const { cluster, interrupted } = await prepare(options, output, broken);
  try {
    const signal = AbortSignal.any([interrupted, broken.signal]);
    const { scaled } = await orAborted(bringUp(cluster, options, output, signal), signal);
    if (options.json) output.json(await launched(cluster));
    await watch(cluster, scaled, output, interrupted);
  } catch (error) {
    if (!interrupted.aborted) throw asCliError(error);
  } finally {
    const running = cluster.running.map((role) => ROLE_TEXTS[role]);
    if (running.length > 0) output.note(`Stopping: ${running.join(', ')}.`);
    await cluster.stop();
  }
  output.note('Stopped.');
  return EXIT.ok;
}

/** Where the colony is, for programs. */
async function launched({ urls, dataDir }: LocalCluster) {
  const [url = ''] = urls;
  const { colonyInstanceId } = await new ApiClient(url).colony();
  return { url, urls, dataDir, colonyInstanceId };
}

const ROLE_TEXTS: Record<Role, string> = {
  coordinator: 'coordinators',
  backend: 'backends',
  store: 'store',
};

async function prepare(options: LocalOptions, output: Output, broken: AbortController) {
  const cluster = await LocalCluster.prepare(options, {
    onLine: (text) => output.note(text),
    onKeepsFailing: (report) => {
      output.note(report);
      broken.abort(new LocalError(`${report.split(':')[0]}: its log above says why.`));
    },
  }).catch((error) => {
    throw asCliError(error);
  });
  return { cluster, interrupted: interruption(cluster) };
}

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends everything at once. */
function interruption(cluster: LocalCluster): AbortSignal {
  const first = new AbortController();
  const onSignal = () => {
    if (!first.signal.aborted) {
      first.abort(new LocalError('Interrupted.'));
      return;
    }
    cluster.kill();
    process.exit(INTERRUPTED);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return first.signal;
}

/** Rejects as soon as the signal is aborted, whatever the work is waiting for. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/**
 * Shows the live line, and has as many backends as the colony wants, until it is told to end.
 *
 * @param scaled until then the backends stay as they are
 */
async function watch(
  cluster: LocalCluster,
  scaled: Promise<void>,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const clients = cluster.urls.map((url) => new ApiClient(url));
  const everyMs = output.isTerminal ? REDRAW_MS : PLAIN_LOOK_MS;
  let isScaled = false;
  void scaled.then(() => {
    isScaled = true;
  });
  let saidMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    // What was seen before the flags were settled may be the number of before.
    const mayScale = isScaled;
    const seen = await lookAt(clients);
    if (signal.aborted) return;
    if (mayScale && typeof seen !== 'string') cluster.scaleBackends(seen.wantedBackends);
    const text = typeof seen === 'string' ? seen : liveLine(seen);
    if (output.isTerminal) output.progress(text);
    else if (performance.now() - saidMs >= PLAIN_LINE_MS) {
      saidMs = performance.now();
      output.line(text);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** The colony, as the first coordinator that answers shows it, or why none does. */
async function lookAt(clients: ApiClient[]): Promise<ColonyView | string> {
  let failure = '';
  for (const client of clients) {
    try {
      return await client.colony();
    } catch (error) {
      failure = (error as Error).message;
    }
  }
  return failure;
}

function asCliError(error: unknown): unknown {
  return error instanceof LocalError ? new CliError(error.message, EXIT.usage, error) : error;
}
