import { defineConfig } from 'vitest/config';

/** Set by `.ci/run`: where to write the counts of a run, beside the usual output. */
const report = process.env['TEST_REPORT'];

/** Once, before many workers ask for it. */
const compiledKernel = './test/support/kernel/compile-kernel.ts';

const project = (name: string, testTimeoutMs: number, more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    ...more,
  },
});

export default defineConfig({
  test: {
    // By default one core is left idle: half of two.
    maxWorkers: '100%',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      // One set of modules for each worker: loading them for each file took as long as the tests.
      project('unit', 30_000, { globalSetup: compiledKernel, isolate: false }),
      project('integration', 90_000, { globalSetup: compiledKernel }),
      // The suites of the backend once more, ticked by the readable kernel: nine times as slow.
      project('reference', 300_000, {
        include: ['test/integration/backend/**/*.test.ts'],
        globalSetup: compiledKernel,
        env: { TEST_KERNEL: 'reference' },
      }),
      project('infra', 60_000),
      // Real processes: one file at a time, or they would measure each other.
      project('cluster', 300_000, { fileParallelism: false }),
      project('browser', 180_000, { fileParallelism: false }),
      // One deployment into an emulator; see scripts/aws-emulator.
      project('aws', 600_000, { fileParallelism: false }),
    ],
  },
});
