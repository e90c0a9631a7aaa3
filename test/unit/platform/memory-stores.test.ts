import { describe } from 'vitest';
import { MemoryDigestLog } from '../../../services/platform/memory-digest-log.ts';
import { MemoryObjectStore } from '../../../services/platform/memory-object-store.ts';
import { digestLogContract } from '../../support/digest-log-contract.ts';
import { objectStoreContract } from '../../support/object-store-contract.ts';

describe('objects in memory', () => {
  objectStoreContract(async () => new MemoryObjectStore());
});

describe('digests in memory', () => {
  digestLogContract(async () => new MemoryDigestLog());
});
