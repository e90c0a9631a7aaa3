import type { ReplayHost } from '../../../services/cli/replay/run-replay.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { kernelModule } from './kernel.ts';
import { kernelWorker } from './kernel-worker.ts';

/** The kernel of these sources in threads, in place of what the command line has built. */
export function replayHost({
  threads = 2,
  workerFile = kernelWorker,
  ...more
}: Partial<ReplayHost> & { workerFile?: string } = {}): ReplayHost {
  return {
    createEngine: () => new WasmEngine(kernelModule, { threads, workerFile }),
    threads,
    clock: new SystemClock(),
    memoryBytes: 1e9,
    ...more,
  };
}
