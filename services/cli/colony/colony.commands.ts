import type { RunAnswer, ScaleAnswer } from '../../protocol/api/public-api.ts';
import { type ClientSpec, clientSpecSchema } from '../../protocol/colony/spec.ts';
import type { ApiClient } from '../client/api-client.ts';
import { keyOrNew } from '../client/idempotency-key.ts';
import { readJsonFile } from '../client/json-file.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { problemsOf } from '../terminal/flag-names.ts';
import { paceText } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { startColony } from './start-colony.ts';
import { checkpointLines, rulesLines, statusLines, topologyLines } from './status-text.ts';

interface Json {
  json?: boolean;
}

export interface StartOptions extends Json, Partial<ClientSpec> {
  key?: string;
  /** File with a colony spec in JSON; the world flags override its fields. */
  specFile?: string;
  /** Seconds. */
  timeout: number;
}

export async function startCommand(
  client: ApiClient,
  options: StartOptions,
  output: Output,
): Promise<ExitCode> {
  const spec = clientSpec(options);
  const key = keyOrNew(options, 'cli', 'Starting', output);
  const answer = await startColony(client, {
    key,
    timeoutMs: options.timeout * 1000,
    onProgress: (detail) => output.progress(`starting: ${detail}`),
    ...(spec === undefined ? {} : { spec }),
  });
  if (options.json) output.json({ ...answer, idempotencyKey: key });
  else output.line(`The colony is started: instance ${answer.colonyInstanceId}`);
  return EXIT.ok;
}

/** What the client sends: nothing unless a flag or a file says something. */
export function clientSpec(options: Partial<ClientSpec> & { specFile?: string }) {
  const { width, height, shardSize, seed, specFile } = options;
  const { randomEvents } = options;
  const flags = Object.entries({
    ...{ width, height, shardSize, seed },
    // The flag says no or nothing: true is what commander makes of nothing.
    randomEvents: randomEvents === false ? false : undefined,
  }).filter(([, v]) => v !== undefined);
  if (specFile === undefined && flags.length === 0) return undefined;
  const merged = { ...readSpecFile(specFile), ...Object.fromEntries(flags) };
  const spec = clientSpecSchema.safeParse(merged);
  if (spec.success) return spec.data;
  const names = new Set(flags.map(([name]) => name));
  const why = problemsOf(spec.error, (field) => names.has(field));
  throw new CliError(`The colony spec is not valid: ${why}.`, EXIT.usage);
}

function readSpecFile(file: string | undefined): object {
  if (file === undefined) return {};
  const value = readJsonFile(file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CliError(`${file} does not hold a colony spec in JSON.`, EXIT.usage);
}

export async function stopCommand(
  client: ApiClient,
  instance: string | undefined,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const colonyInstanceId = instance ?? (await client.colony()).colonyInstanceId;
  if (colonyInstanceId === null) {
    throw new CliError('No colony is started: there is nothing to stop.', EXIT.refused);
  }
  const answer = await client.stop(colonyInstanceId);
  if (json) output.json(answer);
  else output.line(`${answer.message}: instance ${answer.colonyInstanceId}`);
  return EXIT.ok;
}

export async function statusCommand(
  client: ApiClient,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const view = await client.colony();
  if (json) output.json(view);
  else for (const line of statusLines(view)) output.line(line);
  return EXIT.ok;
}

/** `colony rules`: the rules in force, and what they were at first. */
export async function rulesCommand(
  client: ApiClient,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const { rules, spec, tick } = await client.colony();
  if (rules === null || spec === null || tick === null) {
    throw new CliError('No rules are known: no colony is ticking now.', EXIT.refused);
  }
  if (json) output.json({ tick, rules, first: spec.rules });
  else for (const line of rulesLines(rules, spec.rules)) output.line(line);
  return EXIT.ok;
}

export async function checkpointsCommand(
  client: ApiClient,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const checkpoints = await client.checkpoints();
  if (json) output.json(checkpoints);
  else for (const line of checkpointLines(checkpoints)) output.line(line);
  return EXIT.ok;
}

export async function topologyCommand(
  client: ApiClient,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const topology = await client.topology();
  if (json) output.json(topology);
  else for (const line of topologyLines(topology)) output.line(line);
  return EXIT.ok;
}

/** pause, resume, step and pace: all answer how the colony runs from some tick on. */
export async function runCommand(
  ask: () => Promise<RunAnswer>,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const answer = await ask();
  if (json) output.json(answer);
  else output.line(runText(answer));
  return EXIT.ok;
}

/** `colony scale`: it answers at once, backends come and go after that. */
export async function scaleCommand(
  client: ApiClient,
  backends: number,
  { json }: Json,
  output: Output,
): Promise<ExitCode> {
  const answer = await client.scale(backends);
  if (json) output.json(answer);
  else output.line(scaleText(answer));
  return EXIT.ok;
}

const counted = (backends: number) => (backends === 1 ? '1 backend' : `${backends} backends`);

function scaleText({ backends, before }: ScaleAnswer): string {
  return backends === before
    ? `${counted(backends)} wanted, as before`
    : `${counted(backends)} wanted now, ${before} before: colony status shows how far it is`;
}

/** One line for people. */
function runText({ paused, effectiveTick, ticksPerSecond }: RunAnswer): string {
  return paused
    ? `paused: it stands at tick ${effectiveTick} once it is there`
    : `running from tick ${effectiveTick}, pace ${paceText(ticksPerSecond)}`;
}
