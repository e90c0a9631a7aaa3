import { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import { SeededRandomness } from '../seeded-randomness.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { MemoryRecordStore } from './memory-record-store.ts';

/** The colony record in this process, for tests of what changes it. */
export class MemoryRecords extends ColonyRecords {
  constructor(store: RecordStore = new MemoryRecordStore(), clock: Clock = new VirtualClock()) {
    super({ store, clock, randomness: new SeededRandomness(1) });
  }
}
