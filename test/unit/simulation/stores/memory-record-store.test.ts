import { describe } from 'vitest';
import { SystemClock } from '../../../../services/platform/runtime/system-clock.ts';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { colonyRecordContract } from '../../../support/contracts/colony-record-contract.ts';
import { recordStoreContract } from '../../../support/contracts/record-store-contract.ts';

describe('the record in memory', () => {
  recordStoreContract(async () => new MemoryRecordStore());
  colonyRecordContract(async () => new MemoryRecords(new MemoryRecordStore(), new SystemClock()));
});
