import { defineConfig } from 'vitest/config';
import { localImports } from './test/support/local-imports.ts';

/** Set by `.ci/run`: where to write the counts of a run, beside the usual output. */
const report = process.env['TEST_REPORT'];

/** The kernel is compiled once, before many workers ask for it. */
const compiledKernel = { globalSetup: './test/support/kernel/compile-kernel.ts' };

/** Loading the modules again for each file takes as long as the tests, and so does warming them up. */
const sharedModules = { isolate: false };

const project = (name: string, testTimeoutMs: number, more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    setupFiles: './test/support/equal-arrays.ts',
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    ...more,
  },
});

export default defineConfig({
  plugins: [localImports()],
  test: {
    // By default one core is left idle: half of two.
    maxWorkers: '100%',
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      project('unit', 90_000, { ...compiledKernel, ...sharedModules }),
      project('integration', 90_000, {
        exclude: ['**/*.slow.test.ts'],
        ...compiledKernel,
        ...sharedModules,
      }),
      // Those that take seconds each, so that npm test stays short.
      project('slow', 90_000, {
        include: ['test/integration/**/*.slow.test.ts'],
        ...compiledKernel,
        ...sharedModules,
      }),
      // The suites of the backend once more, ticked by the readable kernel: nine times as slow.
      project('reference', 300_000, {
        include: ['test/integration/backend/**/*.test.ts'],
        ...compiledKernel,
        ...sharedModules,
        env: { TEST_KERNEL: 'reference' },
      }),
      // A cluster in one process, in which one dies at each of its calls: some minutes.
      project('crash', 90_000, { ...compiledKernel, ...sharedModules }),
      // Histories of several coordinators, judged by a program in Go.
      project('linearizability', 300_000, { ...compiledKernel, ...sharedModules }),
      project('infra', 60_000, sharedModules),
      // What others make of files of a colony: with a Python that has the packages of .ci/run.
      project('analysis', 120_000, compiledKernel),
      // Real processes: one file at a time, or they would measure each other.
      project('cluster', 300_000, { fileParallelism: false }),
      project('browser', 180_000, { fileParallelism: false }),
      // One deployment into an emulator; see scripts/aws-emulator.
      project('aws', 600_000, { fileParallelism: false }),
    ],
  },
});
