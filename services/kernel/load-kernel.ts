import { readFileSync } from 'node:fs';

/** It lies beside the bundles; see scripts/build.mjs. */
const BUILT = new URL('./kernel.wasm', import.meta.url);

/**
 * Reads the compiled kernel.
 *
 * @throws Error if it is not there: the sources have not been built.
 */
export function loadKernel(file: URL | string = BUILT): WebAssembly.Module {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new Error(`the compiled kernel ${file} cannot be read: run \`npm run build\``, { cause });
  }
  return new WebAssembly.Module(bytes);
}
