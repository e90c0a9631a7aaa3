import {
  COPY_FIRST_ROW,
  COPY_JOB_BYTES,
  COPY_ROWS,
  COPY_ROW_BYTES,
  COPY_SOURCE,
  COPY_SOURCE_STRIDE,
  COPY_TARGET,
  COPY_TARGET_STRIDE,
  CURSOR_BEGIN,
  CURSOR_END,
  CURSOR_LIMIT,
} from '../memory-layout';

/** Rows shorter than this are copied inline: calling memory.copy would cost more. */
const LONG_ROW_BYTES: usize = 128;

/** Carries out a list of copy jobs, one after another. */
export function copy(jobs: usize, count: u32): void {
  const end = jobs + <usize>count * COPY_JOB_BYTES;
  for (let job = jobs; job < end; job += COPY_JOB_BYTES) {
    let target = <usize>load<u32>(job, COPY_TARGET);
    let source = <usize>load<u32>(job, COPY_SOURCE);
    const bytes = <usize>load<u32>(job, COPY_ROW_BYTES);
    const targetStride = <usize>load<u32>(job, COPY_TARGET_STRIDE);
    const sourceStride = <usize>load<u32>(job, COPY_SOURCE_STRIDE);
    for (let rows = load<u32>(job, COPY_ROWS); rows > 0; rows--) {
      copyBytes(target, source, bytes);
      target += targetStride;
      source += sourceStride;
    }
  }
}

/** Sets a cursor to the start of a list of jobs, which is sorted by their first rows. */
export function openCursor(cursor: usize, jobs: usize, count: u32): void {
  store<u32>(cursor, <u32>jobs, CURSOR_BEGIN);
  store<u32>(cursor, <u32>jobs, CURSOR_END);
  store<u32>(cursor, <u32>jobs + count * COPY_JOB_BYTES, CURSOR_LIMIT);
}

/** Copies what all jobs of a list have for one row; called for each row in ascending order. */
export function copyRow(cursor: usize, row: i32): void {
  let begin = <usize>load<u32>(cursor, CURSOR_BEGIN);
  let end = <usize>load<u32>(cursor, CURSOR_END);
  const limit = <usize>load<u32>(cursor, CURSOR_LIMIT);
  while (end < limit && load<i32>(end, COPY_FIRST_ROW) <= row) end += COPY_JOB_BYTES;
  // Drops jobs at the front that are done. One further back that is done is skipped below.
  while (begin < end && row >= load<i32>(begin, COPY_FIRST_ROW) + load<i32>(begin, COPY_ROWS)) {
    begin += COPY_JOB_BYTES;
  }
  store<u32>(cursor, <u32>begin, CURSOR_BEGIN);
  store<u32>(cursor, <u32>end, CURSOR_END);
  for (let job = begin; job < end; job += COPY_JOB_BYTES) {
    const at = row - load<i32>(job, COPY_FIRST_ROW);
    if (at >= load<i32>(job, COPY_ROWS)) continue;
    copyBytes(
      <usize>load<u32>(job, COPY_TARGET) + <usize>at * <usize>load<u32>(job, COPY_TARGET_STRIDE),
      <usize>load<u32>(job, COPY_SOURCE) + <usize>at * <usize>load<u32>(job, COPY_SOURCE_STRIDE),
      <usize>load<u32>(job, COPY_ROW_BYTES),
    );
  }
}

/** Margins are a few cells wide: most rows have 12, 24 or 48 bytes. */
// @ts-ignore: decorator
@inline
function copyBytes(target: usize, source: usize, bytes: usize): void {
  if (bytes >= LONG_ROW_BYTES) {
    memory.copy(target, source, bytes);
    return;
  }
  const end = target + bytes;
  for (; target + 16 <= end; target += 16, source += 16) v128.store(target, v128.load(source));
  if (bytes & 8) {
    store<u64>(target, load<u64>(source));
    target += 8;
    source += 8;
  }
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
