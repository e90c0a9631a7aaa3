/*
 * The tick of services/world, 16 cells at a time: AssemblyScript with 128-bit SIMD. Works on one
 * imported memory that may be shared by the threads of a process; keeps no state of its own, for
 * all it needs is in the records and lists whose addresses it is given (see ../memory-layout.ts).
 * Each thread has its own instance and its own scratches.
 *
 * services/world is the specification; every function here names the one it must agree with.
 *
 * Loops test at their end, which V8 needs to keep what does not change out of them.
 */
export { copy } from './copy';
export { digest } from './digest';
export { fillScratch } from './scratch';
export { statistics } from './statistics';
export { tick } from './tick';
