import {
  COPY_JOB_BYTES,
  COPY_ROWS,
  COPY_ROW_BYTES,
  COPY_SOURCE,
  COPY_SOURCE_STRIDE,
  COPY_TARGET,
  COPY_TARGET_STRIDE,
} from '../memory-layout';

/** Rows shorter than this are copied here: a call of memory.copy would cost more. */
const LONG_ROW_BYTES: usize = 64;

/** Copies rectangles of bytes: the jobs of a list one after another. */
export function copy(jobs: usize, count: u32): void {
  const end = jobs + <usize>count * COPY_JOB_BYTES;
  for (let job = jobs; job < end; job += COPY_JOB_BYTES) {
    let target = <usize>load<u32>(job, COPY_TARGET);
    let source = <usize>load<u32>(job, COPY_SOURCE);
    const bytes = <usize>load<u32>(job, COPY_ROW_BYTES);
    const targetStride = <usize>load<u32>(job, COPY_TARGET_STRIDE);
    const sourceStride = <usize>load<u32>(job, COPY_SOURCE_STRIDE);
    for (let rows = load<u32>(job, COPY_ROWS); rows > 0; rows--) {
      if (bytes >= LONG_ROW_BYTES) memory.copy(target, source, bytes);
      else copyShort(target, source, bytes);
      target += targetStride;
      source += sourceStride;
    }
  }
}

/** Margins are 3·k cells wide, so that 3, 6 and 12 bytes are the most frequent. */
// @ts-ignore: decorator
@inline
function copyShort(target: usize, source: usize, bytes: usize): void {
  const end = target + bytes;
  for (; target + 8 <= end; target += 8, source += 8) store<u64>(target, load<u64>(source));
  if (bytes & 4) {
    store<u32>(target, load<u32>(source));
    target += 4;
    source += 4;
  }
  if (bytes & 2) {
    store<u16>(target, load<u16>(source));
    target += 2;
    source += 2;
  }
  if (bytes & 1) store<u8>(target, load<u8>(source));
}
