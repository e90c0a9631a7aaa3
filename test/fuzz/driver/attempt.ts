import { ColonyError } from '../../../services/protocol/common/errors.ts';
import type { OpenTarget } from '../target.ts';

/** What became of an input that is as it should be: it was taken, or refused with this. */
export type Outcome = string;

/** Longer is a hang: processor time, so that a busy machine is none. */
const CPU_MAX_MS = 5_000;
const GUARD_BYTES = 5;

/** What must not come of any input. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Bytes that are in use, or were and have not been collected. */
function allocatedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Gives an input to a target. It lies within a larger buffer, at an odd place and between other bytes, as what
 * comes from a socket does.
 *
 * What was allocated is what memory grew by. That is all of it where nothing is collected meanwhile: the child of
 * `npm run fuzz` runs with a young generation so large that this is so.
 *
 * @throws Failure for an error that is not documented, for too much time, for too much memory.
 */
export async function attempt(target: OpenTarget, input: Uint8Array): Promise<Outcome> {
  const around = new Uint8Array(input.length + 2 * GUARD_BYTES).fill(0xa5);
  around.set(input, GUARD_BYTES);
  const bytes = around.subarray(GUARD_BYTES, GUARD_BYTES + input.length);
  const bytesBefore = allocatedBytes();
  const cpuBefore = process.cpuUsage();
  const outcome = await outcomeOf(target, bytes);
  const { user, system } = process.cpuUsage(cpuBefore);
  const grown = allocatedBytes() - bytesBefore;
  const most = target.maxAllocation(input.length);
  if (grown > most) {
    throw new Failure(
      `${input.length} bytes made it allocate ${grown}, at most ${most} are expected`,
    );
  }
  const cpuMs = (user + system) / 1000;
  if (cpuMs > CPU_MAX_MS) throw new Failure(`it took ${Math.round(cpuMs)} ms of processor time`);
  return outcome;
}

async function outcomeOf(target: OpenTarget, bytes: Uint8Array): Promise<Outcome> {
  try {
    const result = target.run(bytes);
    const told = result instanceof Promise ? await result : result;
    return typeof told === 'string' ? told : 'taken';
  } catch (error) {
    if (target.isDocumented(error)) return refusal(error);
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Failure(`an error that is not documented: ${told}`, { cause: error });
  }
}

const refusal = (error: unknown): string =>
  error instanceof ColonyError ? error.code : error instanceof Error ? error.name : 'refused';
