import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Boot } from './boot.ts';

/** Ample for the small worlds of runs. */
const MAX_BYTES = 64 * 2 ** 20;

/** Each takes address space, of which a process has not enough for the backends of many runs. */
const unused: KernelMemory[] = [];

/** A memory for the kernel of a backend, until that ends. */
export function kernelMemoryOf(boot: Boot, timeline: Timeline): KernelMemory {
  const memory = unused.pop() ?? new KernelMemory({ maxBytes: MAX_BYTES });
  boot.whenItEnds(() => {
    // What it was about when it ended comes to its next await first.
    timeline.after(0, () => {
      memory.giveBack();
      unused.push(memory);
    });
  });
  return memory;
}
