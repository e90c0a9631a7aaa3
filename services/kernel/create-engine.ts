import type { Engine } from './engine.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { loadKernel } from './load-kernel.ts';
import { ReferenceEngine } from './reference-engine.ts';
import { type ThreadSettings, WasmEngine } from './wasm-engine.ts';

/** Which code ticks the cells: the compiled kernel, or the readable reference that specifies it. */
export type KernelName = 'wasm' | 'reference';

/**
 * Creates an engine.
 *
 * @param options.module the compiled kernel. @default the one beside the bundles, read once
 * @param options.memory where its blocks are; no other engine may use it. The reference needs none.
 * @default a new one
 * @param options.threads how many threads work on its blocks instead of the calling one. The
 * reference never has any. @default 0
 * @throws Error if the kernel has to be read and is not there.
 * @throws RangeError if there is no address space for its memory; Error if another engine uses it.
 */
export function createEngine(
  name: KernelName,
  options: { module?: WebAssembly.Module; memory?: KernelMemory } & Partial<ThreadSettings> = {},
): Engine {
  if (name === 'reference') return new ReferenceEngine();
  const { module = builtKernel(), ...more } = options;
  return new WasmEngine(module, more);
}

let built: WebAssembly.Module | undefined;

function builtKernel(): WebAssembly.Module {
  built ??= loadKernel();
  return built;
}
