import { defineConfig } from 'vitest/config';

/** The unit tests as StrykerJS runs them for each mutant: those of files, docs and kernel left out. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    exclude: ['test/unit/{style,docs,scripts,kernel}/**'],
    testTimeout: 30_000,
    globalSetup: './test/support/kernel/compile-kernel.ts',
    isolate: false,
  },
});
