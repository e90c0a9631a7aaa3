/**
 * What is mutated together, and the tests that are run against it: few and quick ones where they suffice.
 * Both are globs.
 */
export const GROUPS = {
  rules: {
    mutate: ['services/protocol/record/*.ts'],
    tests: ['test/unit/protocol/record/{every,record-rules,horizon,checkpoint}*.test.ts'],
  },
  records: {
    mutate: ['services/platform/record/{colony-records,watched-record-store}.ts'],
    tests: [
      'test/unit/platform/record/*.test.ts',
      'test/unit/simulation/stores/memory-record-store.test.ts',
    ],
  },
  memory: {
    mutate: ['test/simulation/stores/*.ts'],
    tests: [
      'test/unit/simulation/stores/*.test.ts',
      'test/unit/platform/registry/registries.test.ts',
      'test/unit/platform/snapshots/snapshot-stores.test.ts',
    ],
  },
  dynamo: {
    mutate: ['services/platform/{record,objects,series}/dynamo-*.ts'],
    tests: [
      'test/unit/platform/{objects,series}/dynamo-*.test.ts',
      'test/integration/platform/dynamo-*.test.ts',
    ],
  },
  files: {
    mutate: ['services/platform/registry/*.ts', 'services/platform/snapshots/*-snapshot-store.ts'],
    tests: ['test/unit/platform/{registry,snapshots}/*.test.ts'],
  },
  adapters: {
    mutate: [
      'services/platform/{record,objects,series}/embedded-*.ts',
      'services/platform/{record/stored-record,objects/stored-object,store/*}.ts',
    ],
    tests: [
      'test/unit/platform/{objects,store}/*.test.ts',
      'test/integration/platform/embedded-stores.test.ts',
    ],
  },
  store: {
    mutate: ['services/local/store/*.ts'],
    tests: [
      'test/unit/local/store/*.test.ts',
      'test/integration/platform/embedded-stores.test.ts',
      'test/integration/local/store-*.test.ts',
    ],
  },
};
