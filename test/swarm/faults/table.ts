import type { FaultKind } from './fault-kind.ts';
import { CALL_FAULTS } from './kinds/calls.ts';
import { CLOCK_FAULTS } from './kinds/clocks.ts';
import { LASTING_FAULTS } from './kinds/lasting.ts';
import { PARTITION_FAULTS } from './kinds/partitions.ts';
import { PROCESS_FAULTS } from './kinds/processes.ts';
import { REGISTRY_FAULTS } from './kinds/registry.ts';
import { STORE_FAULTS } from './kinds/stores.ts';
import { STREAM_FAULTS } from './kinds/streams.ts';

/** All kinds of faults that a run may draw. A new one needs nothing but a row of one of these tables. */
export const FAULTS: readonly FaultKind[] = [
  ...CALL_FAULTS,
  ...STREAM_FAULTS,
  ...STORE_FAULTS,
  ...REGISTRY_FAULTS,
  ...PROCESS_FAULTS,
  ...PARTITION_FAULTS,
  ...CLOCK_FAULTS,
  ...LASTING_FAULTS,
];
