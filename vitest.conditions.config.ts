import { defineConfig } from 'vitest/config';
import mutation from './vitest.mutation.config.ts';

/** The tests that are run against the mutants of a group of conditions: `CONDITIONS_TESTS`, a list in JSON. */
const include: string[] = JSON.parse(process.env['CONDITIONS_TESTS'] ?? '[]');

export default defineConfig({
  test: {
    ...mutation.test,
    include,
    setupFiles: ['scripts/mutation/deactivate-mutant.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
