/*
 * The tick of services/world, 16 cells at a time: AssemblyScript with 128-bit SIMD. It works on one
 * imported memory, which the threads of a process may share. It keeps no state of its own: all it
 * needs is in the records and lists whose addresses it is given (see ../memory-layout.ts). Each
 * thread has its own instance and its own scratches.
 *
 * services/world is the specification; every function here names the one it must agree with.
 *
 * Loops test at their end: V8 moves invariants out of a loop only then.
 */
export { copy } from './copy';
export { digest } from './digest';
export { fillPacker, pack } from './pack';
export { drawMeans, drawModes, sampleCells } from './sample';
export { fillScratch } from './scratch';
export { statistics } from './statistics';
export { tick } from './tick';
export { unpack } from './unpack';
