import { compileKernel } from '../../../scripts/lib/kernel.mjs';
import { loadKernel } from '../../../services/kernel/load-kernel.ts';

/** The kernel of these sources. */
export const kernelModule = loadKernel(await compileKernel(process.cwd()));
