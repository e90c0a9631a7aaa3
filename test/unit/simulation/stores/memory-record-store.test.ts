import { describe } from 'vitest';
import { SystemClock } from '../../../../services/platform/runtime/system-clock.ts';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { colonyRecordContract } from '../../../support/contracts/colony-record-contract.ts';

describe('the record in memory', () => {
  colonyRecordContract(async () => new MemoryRecords(new MemoryRecordStore(), new SystemClock()));
});
