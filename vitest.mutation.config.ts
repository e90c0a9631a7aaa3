import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { localImports } from './test/support/local-imports.ts';

/** The run of a mutant ends with the first test that fails: the longest, which come first elsewhere, are last. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse();
  }
}

/** The tests that StrykerJS runs against mutants: those of what is mutated, and of what uses it. */
export default defineConfig({
  plugins: [localImports()],
  test: {
    include: ['test/unit/{protocol,platform,coordinator,backend,cli,simulation,docs}/**/*.test.ts'],
    testTimeout: 30_000,
    globalSetup: './test/support/kernel/compile-kernel.ts',
    isolate: false,
    sequence: { sequencer: QuickestFirst },
  },
});
