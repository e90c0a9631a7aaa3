import type { Log } from '../../../services/platform/observability/log.ts';
import type { Randomness } from '../../../services/platform/runtime/randomness.ts';
import type { RegistryEntry } from '../../../services/protocol/wire/registry-entry.ts';
import type { Plan } from '../draw/plan.ts';
import type { Birth } from '../faults/fault-kind.ts';
import type { SwarmNetwork } from '../network/swarm-network.ts';
import type { ProcessClock } from '../time/process-clock.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Boot } from './boot.ts';
import type { Stores } from './stores.ts';

/** What a process is launched with. */
export interface Launch {
  boot: Boot;
  birth: Birth;
  entry: RegistryEntry;
  clock: ProcessClock;
  timeline: Timeline;
  randomness: Randomness;
  log: Log;
  plan: Plan;
  network: SwarmNetwork;
  stores: Stores;
  /** A store as this process reaches it. */
  ports: <T extends object>(name: string, port: T) => T;
}
