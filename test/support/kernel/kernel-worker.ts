import { bundle } from '../bundle.ts';

/** What the threads of a pool run. */
export const kernelWorker = await bundle('services/kernel/kernel.worker.ts');
