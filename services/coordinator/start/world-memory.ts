import { MEMORY_LIMIT_MIB } from '../../platform/config/backend-config.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import { PROTOCOL_VERSION, type RegistryEntry } from '../../protocol/wire/registry-entry.ts';
import { leastWorldBytes } from '../../world/cells/cell-fields.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';

/**
 * Whether a world can fit into the memory of the backends, before anything is claimed for it. A backend
 * says in its registry entry what it may use. That is a hint: it must refuse no world that fits, and what it lets
 * pass is looked at again by each backend, exactly, when it is given its shards.
 */

/** Every backend may use so much: a smaller world fits into any, and nobody is asked. */
const ALWAYS_THERE_BYTES = MEMORY_LIMIT_MIB[0] * 2 ** 20;

type Extent = Pick<WorldSpec, 'width' | 'height'>;

const limitOf = ({ memoryLimitBytes }: Pick<RegistryEntry, 'memoryLimitBytes'>): number =>
  memoryLimitBytes ?? Number.POSITIVE_INFINITY;

/**
 * Says what a world needs and what there is; undefined if it may fit, or if too little is known.
 *
 * @param backends that are registered. One that does not say what it may use may use anything.
 * @param expected how many there will be: those that are yet to come are taken to be like the largest.
 */
export function memoryProblem(
  spec: Extent,
  backends: readonly Pick<RegistryEntry, 'memoryLimitBytes'>[],
  expected: number,
): string | undefined {
  const known = backends.map(limitOf);
  if (known.length === 0) return undefined;
  const toCome = Array<number>(Math.max(0, expected - known.length)).fill(Math.max(...known));
  const limits = [...known, ...toCome];
  const there = limits.reduce((sum, bytes) => sum + bytes, 0);
  if (leastWorldBytes(spec) <= there) return undefined;
  const { width, height } = spec;
  const { length: count } = limits;
  return (
    `a world of ${width} x ${height} cells needs at least ${sizeText(leastWorldBytes(spec))} of memory, ` +
    `${count} ${count === 1 ? 'backend' : 'backends'} may use ${sizeText(there)}`
  );
}

const sizeText = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * Throws WORLD_TOO_LARGE if a world cannot fit. A registry that does not answer keeps nobody from a start.
 *
 * @param o.atMost so many of those that are registered will be left, the smallest it may be. @default all
 */
export async function assertWorldFits(
  spec: Extent,
  o: { registry: Pick<Registry, 'list'>; expectedBackends: number; atMost?: number; log: Log },
): Promise<void> {
  if (leastWorldBytes(spec) <= ALWAYS_THERE_BYTES) return;
  let entries: RegistryEntry[];
  try {
    entries = await o.registry.list('backends');
  } catch (error) {
    o.log.warn({ reason: messageOf(error) }, 'the memory of the backends is not known');
    return;
  }
  const usable = entries.filter((entry) => entry.protocolVersion === PROTOCOL_VERSION);
  const { atMost = usable.length } = o;
  const left = usable.sort((a, b) => limitOf(a) - limitOf(b)).slice(0, atMost);
  const problem = memoryProblem(spec, left, o.expectedBackends);
  if (problem !== undefined) throw new ColonyError('WORLD_TOO_LARGE', problem);
}
