/**
 * What is mutated together, and the tests that are run against it: few and quick ones where they suffice.
 * Both are globs.
 */
export const GROUPS = {
  rules: {
    mutate: ['services/protocol/record/*.ts'],
    tests: ['test/unit/protocol/record/{every,record-rules,horizon,checkpoint}*.test.ts'],
  },
  memory: {
    mutate: ['test/simulation/stores/*.ts'],
    tests: [
      'test/unit/simulation/stores/*.test.ts',
      'test/unit/platform/registry/registries.test.ts',
      'test/unit/platform/snapshots/snapshot-stores.test.ts',
    ],
  },
  files: {
    mutate: [
      'services/platform/{registry,snapshots}/*{registry,registration,values,addresses,snapshot-store}.ts',
    ],
    tests: ['test/unit/platform/{registry,snapshots}/*.test.ts'],
  },
  records: {
    mutate: ['services/platform/record/*.ts'],
    tests: [
      'test/unit/platform/record/*.test.ts',
      'test/unit/simulation/stores/memory-record-store.test.ts',
      'test/integration/platform/{dynamo-record-store,embedded-stores}.test.ts',
    ],
  },
  tables: {
    mutate: [
      'services/platform/{objects,store}/*.ts',
      'services/platform/series/{dynamo,embedded}-*.ts',
    ],
    tests: [
      'test/unit/platform/{objects,store,series}/*.test.ts',
      'test/integration/platform/{dynamo,embedded}-stores.test.ts',
    ],
  },
  embedded: {
    mutate: ['services/local/store/*.ts'],
    tests: [
      'test/unit/local/store/*.test.ts',
      'test/integration/platform/embedded-stores.test.ts',
      'test/integration/local/store-*.test.ts',
    ],
  },
};
