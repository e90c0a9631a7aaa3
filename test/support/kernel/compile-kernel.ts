import { compileKernel } from '../../../scripts/lib/kernel.mjs';

/** Before any test: compiles the kernel if its sources have changed. */
export default async function setup(): Promise<void> {
  await compileKernel();
}
