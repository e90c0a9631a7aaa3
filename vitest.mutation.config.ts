import { defineConfig } from 'vitest/config';

/** The tests that StrykerJS runs against mutants: those of what is mutated, and of what uses it. */
export default defineConfig({
  test: {
    include: ['test/unit/{protocol,platform,coordinator,backend,cli,simulation,docs}/**/*.test.ts'],
    testTimeout: 30_000,
    globalSetup: './test/support/kernel/compile-kernel.ts',
    isolate: false,
  },
});
