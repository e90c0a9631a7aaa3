import { describe } from 'vitest';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryObjectStore } from '../../../simulation/stores/memory-object-store.ts';
import { MemorySeriesLog } from '../../../simulation/stores/memory-series-log.ts';
import { digestLogContract } from '../../../support/contracts/digest-log-contract.ts';
import { eventLogContract } from '../../../support/contracts/event-log-contract.ts';
import { objectStoreContract } from '../../../support/contracts/object-store-contract.ts';
import { seriesLogContract } from '../../../support/contracts/series-log-contract.ts';

describe('objects in memory', () => {
  objectStoreContract(async () => new MemoryObjectStore());
});

describe('digests in memory', () => {
  digestLogContract(async () => new MemoryDigestLog());
});

describe('rows in memory', () => {
  seriesLogContract(async () => new MemorySeriesLog());
});

describe('events in memory', () => {
  eventLogContract(async () => new MemoryEventLog());
});
