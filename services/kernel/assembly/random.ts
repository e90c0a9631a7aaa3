import {
  BLOCK_COLUMN_X,
  BLOCK_ROWS,
  BLOCK_ROW_Y,
  COLUMN_KEYS,
  COLUMN_HIGH,
  COLUMN_LOW,
  COLUMN_VECTOR_BYTES,
  COLUMN_VECTORS,
  FIRST_COLUMN,
  ROW_KEYS,
  SPAN,
} from '../memory-layout';

// The draws of services/world/arithmetic/randomness.ts.

// @ts-ignore: decorator
@inline
export function mix(z: u32): u32 {
  z ^= z >> 16;
  z *= 0x7feb352d;
  z ^= z >> 15;
  z *= 0x846ca68b;
  return z ^ (z >> 16);
}

/** Four cells at a time. */
// @ts-ignore: decorator
@inline
export function mixVector(z: v128): v128 {
  z = v128.xor(z, i32x4.shr_u(z, 16));
  z = i32x4.mul(z, i32x4.splat(0x7feb352d));
  z = v128.xor(z, i32x4.shr_u(z, 15));
  z = i32x4.mul(z, i32x4.splat(0x846ca68b));
  return v128.xor(z, i32x4.shr_u(z, 16));
}

// @ts-ignore: decorator
@inline
function columnKeys(x: usize, columnTickKey: v128): v128 {
  return mixVector(i32x4.add(columnTickKey, i32x4.mul(v128.load(x), i32x4.splat(0x9e3779b9))));
}

/** The keys of eight columns, whole and in two halves. */
// @ts-ignore: decorator
@inline
function setHalves(x: usize, keys: usize, halves: usize, columnTickKey: v128): void {
  const a = columnKeys(x, columnTickKey);
  const b = columnKeys(x + 16, columnTickKey);
  v128.store(keys, a);
  v128.store(keys, b, 16);
  const lower = i32x4.splat(0xffff);
  v128.store(halves, i16x8.narrow_i32x4_u(v128.and(a, lower), v128.and(b, lower)), COLUMN_LOW);
  const upper = i16x8.narrow_i32x4_u(i32x4.shr_u(a, 16), i32x4.shr_u(b, 16));
  v128.store(halves, upper, COLUMN_HIGH);
}

/** A tick's keys for every column of the wave (whole, and in two halves) and every row of the block. */
export function setKeys(block: usize, scratch: usize, seed: u32, tick: u32): void {
  const span = <usize>load<u32>(scratch, SPAN);
  const rows = <usize>load<u32>(block, BLOCK_ROWS);
  const columnTickKey = mix(seed ^ ((tick + 1) * 0x85ebca6b));
  const rowTickKey = mix(columnTickKey ^ 0x5bd1e995);

  let x = <usize>load<u32>(block, BLOCK_COLUMN_X) + (<usize>load<u32>(scratch, FIRST_COLUMN) << 2);
  let keys = <usize>load<u32>(scratch, COLUMN_KEYS);
  let vectors = <usize>load<u32>(scratch, COLUMN_VECTORS);
  const ofTick = i32x4.splat(columnTickKey);
  const end = x + (span << 2);
  for (; x < end; x += 64, keys += 64, vectors += COLUMN_VECTOR_BYTES) {
    setHalves(x, keys, vectors, ofTick);
    setHalves(x + 32, keys + 32, vectors + 16, ofTick);
  }

  const y = <usize>load<u32>(block, BLOCK_ROW_Y);
  const rowKeys = <usize>load<u32>(scratch, ROW_KEYS);
  for (let i: usize = 0; i < rows << 2; i += 4) {
    store<u32>(rowKeys + i, mix(rowTickKey + load<u32>(y + i) * 0xc2b2ae35));
  }
}
