import type { ReplayHost } from '../../../services/cli/replay/run-replay.ts';
import { CellPacker } from '../../../services/kernel/packing/cell-packer.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { bandRows } from '../../../services/world/cells/packed-cells.ts';
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
    createPacker: () => new CellPacker(kernelModule, bandRows(1)),
    openStore: async () => {
      throw new Error('this test has no store');
    },
    ...more,
  };
}
