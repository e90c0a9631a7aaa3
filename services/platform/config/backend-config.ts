import type { Bounds } from '../../protocol/common/within.ts';
import {
  type ConfigOf,
  type ConfigSources,
  optional,
  type ParsedConfig,
  parseConfig,
  withDefault,
} from './config.ts';
import { COMMON_OPTIONS, PORT, platformProblem } from './config-options.ts';
import { choice, integer } from './config-values.ts';

/** Of the memory of a machine or a container, for shards; the rest is for messages and pictures. */
export const MEMORY_SHARE = 0.75;
export const MEMORY_LIMIT_MIB: Bounds = [64, 16_777_216];
export const THREADS_MAX = 1024;

export const BACKEND_OPTIONS = {
  ...COMMON_OPTIONS,
  rpcPort: withDefault(PORT, 0, 'Port of the private RPC and of /healthz; 0 for a free one.'),
  kernel: withDefault(
    choice(['wasm', 'reference']),
    'wasm',
    'What ticks the cells: the compiled kernel, or the readable reference that it agrees with.',
  ),
  threads: optional(
    integer(0, THREADS_MAX),
    'Threads that tick the cells with the compiled kernel, beside the main thread; 0: the main thread does it. Without it: as many as there are processors.',
  ),
  handOverMs: withDefault(
    integer(0, 600_000),
    20_000,
    'How long a backend that gets SIGTERM waits for its shards to be moved to others.',
  ),
  memoryLimitMiB: optional(
    integer(...MEMORY_LIMIT_MIB),
    'What the shards of this backend may take. Without it: three quarters of the memory of the machine or container.',
  ),
} as const;

export type BackendConfig = ConfigOf<typeof BACKEND_OPTIONS>;

/** Throws CONFIG_INVALID, see parseConfig. */
export function parseBackendConfig(sources: ConfigSources): ParsedConfig<BackendConfig> {
  return parseConfig(BACKEND_OPTIONS, sources, platformProblem);
}
