import { describe } from 'vitest';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { colonyRecordContract } from '../../../support/contracts/colony-record-contract.ts';

describe('the record in memory', () => {
  colonyRecordContract(async () => new MemoryRecordStore());
});
