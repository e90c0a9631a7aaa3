const GIB = 1024;

/** CPU units → the memory that Fargate gives with them: from, to and in steps of MiB. */
const SIZES: Readonly<Record<number, readonly [min: number, max: number, step: number]>> = {
  512: [1 * GIB, 4 * GIB, GIB],
  1024: [2 * GIB, 8 * GIB, GIB],
  2048: [4 * GIB, 16 * GIB, GIB],
  4096: [8 * GIB, 30 * GIB, GIB],
  8192: [16 * GIB, 60 * GIB, 4 * GIB],
  16384: [32 * GIB, 120 * GIB, 8 * GIB],
};
/** The smallest has no steps. */
const SMALLEST = { cpu: 256, memories: [512, 1 * GIB, 2 * GIB] };

/** Says in one line why Fargate has no task of this size; undefined when it has. */
export function fargateSizeProblem(cpu: number, memoryMiB: number): string | undefined {
  const got = `got ${cpu} and ${memoryMiB}`;
  if (cpu === SMALLEST.cpu) {
    const fits = SMALLEST.memories.includes(memoryMiB);
    return fits ? undefined : `${got}, expected ${SMALLEST.memories.join(', ')} MiB with 256 units`;
  }
  const range = SIZES[cpu];
  if (range === undefined) {
    return `${got}, expected ${SMALLEST.cpu}, ${Object.keys(SIZES).join(', ')} CPU units`;
  }
  const [min, max, step] = range;
  if (memoryMiB >= min && memoryMiB <= max && memoryMiB % step === 0) return undefined;
  return `${got}, expected ${min} to ${max} MiB in steps of ${step} with ${cpu} units`;
}
