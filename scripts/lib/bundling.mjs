import { root } from './built.mjs';

/** esbuild settings that bundles and one-off scripts share. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The AWS clients' ES modules: imported on demand, their CommonJS would lose its names.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  legalComments: 'none',
};
