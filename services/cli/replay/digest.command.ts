import { z } from 'zod';
import {
  type ColonyEvent,
  colonyEventSchema,
  injectedEventsOf,
} from '../../protocol/colony/colony-event.ts';
import type { DigestEntry } from '../../protocol/colony/sampling.ts';
import type { InjectedEvent } from '../../world/events/events.ts';
import { DEFAULT_WORLD_SPEC, type WorldSpec, worldSpecProblem } from '../../world/spec/spec.ts';
import { readJsonFile } from '../client/json-file.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { namedByFlag } from '../terminal/flag-names.ts';
import type { Output } from '../terminal/output.ts';
import { digestTicks, replayTo } from './replay.ts';
import { ReplayProgress } from './replay-progress.ts';
import { type ReplayHost, runReplay } from './run-replay.ts';

export interface DigestOptions {
  seed: number;
  width: number;
  height: number;
  ticks: number;
  /** Side of the shards in cells; without it the world is one piece. */
  shardSize?: number;
  /** @default true */
  randomEvents?: boolean;
  /** File with injected events in JSON, as the API lists them; others in it are left out. */
  events?: string;
  /** With the readable kernel. @default false */
  reference?: boolean;
  json?: boolean;
}

/** `colony digest`: `TICK DIGEST` of a world in one process, at tick 0, every 100th, the last. */
export async function digestCommand(
  options: DigestOptions,
  output: Output,
  host: ReplayHost,
): Promise<ExitCode> {
  const { shardSize, reference, ticks } = options;
  const events = readEvents(options.events);
  const replayed = { events, reference, ...(shardSize !== undefined && { shardSize }) };
  const entries: DigestEntry[] = [];
  await runReplay(specOf(options), replayed, host, async (world) => {
    const progress = new ReplayProgress(output, host.clock, { from: world.tick, to: ticks });
    for (const tick of digestTicks(ticks)) {
      const digest = await replayTo(world, tick, (now) => progress.show(now));
      if (options.json) entries.push({ tick, digest });
      else output.line(`${tick} ${digest}`);
    }
  });
  output.progress('');
  if (options.json) output.json(entries);
  return EXIT.ok;
}

function readEvents(file: string | undefined): InjectedEvent[] {
  if (file === undefined) return [];
  const events = z.array(colonyEventSchema).safeParse(readJsonFile(file));
  if (events.success) {
    const wrong = sequenceProblem(events.data);
    if (wrong === undefined) {
      return injectedEventsOf(events.data).sort((a, b) => a.sequence - b.sequence);
    }
    throw new CliError(`${file} does not hold all injected events once: ${wrong}.`, EXIT.usage);
  }
  const where = events.error.issues[0]?.path.join('.') || 'the document';
  throw new CliError(`${file} does not hold events in JSON (${where}).`, EXIT.usage);
}

/**
 * Says which injected event is missing, or is there twice; undefined if none is. A cancellation has a sequence
 * of its own and is not listed: it leaves a gap somewhere above the event that it cancels.
 */
function sequenceProblem(events: readonly ColonyEvent[]): string | undefined {
  const injected = events
    .flatMap(({ sequence, cancelled }) => (sequence === null ? [] : [{ sequence, cancelled }]))
    .sort((a, b) => a.sequence - b.sequence);
  let due = 1;
  let cancellations = 0;
  for (const { sequence, cancelled } of injected) {
    cancellations -= Math.max(0, sequence - due);
    if (sequence < due || cancellations < 0) {
      return `number ${sequence} stands where ${due} is due`;
    }
    due = sequence + 1;
    if (cancelled) cancellations++;
  }
  return undefined;
}

function specOf(options: DigestOptions): WorldSpec {
  const { seed, width, height, shardSize, randomEvents = true } = options;
  const spec = { ...DEFAULT_WORLD_SPEC, seed, width, height, randomEvents };
  // A world in one piece has any size: no square shard need divide it.
  if (shardSize === undefined) return { ...spec, shardSize: Math.min(width, height) };
  const problem = worldSpecProblem({ ...spec, shardSize });
  if (problem !== undefined) {
    throw new CliError(`The world is not valid: ${namedByFlag(problem)}.`, EXIT.usage);
  }
  return { ...spec, shardSize };
}
