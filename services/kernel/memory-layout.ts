/*
 * Where things lie in the memory of the compiled kernel: read by the kernel (AssemblyScript) and by
 * the engine (TypeScript), so only plain numbers. All are offsets in bytes.
 *
 *   block:   record of 72 bytes │ global x of each column │ global y of each row │ eight planes, one
 *            for each field, of stride · rows values with a guard on both sides
 *   scratch: record of SCRATCH_RECORD_BYTES │ keys │ rings of rows │ event lists; a thread has one for
 *            each tick of a sweep, chained, and they share the compress table
 *
 * A row of cells is padded to a multiple of 16, the cells of a vector. What stands in the padding
 * and in the guards is read by the kernel and means nothing: it lies outside of the margin.
 *
 * What a tick leaves for its next phase (action, rank, kin, intent, grant) lives in rings of 8 rows, for
 * the phases run interleaved, a few rows behind one another. So it never leaves the first cache.
 */

/** Cells of a byte in a vector. */
export const VECTOR_CELLS = 16;
/** Between the fields of a block: more than a vector that begins one cell before or behind them. */
export const GUARD_BYTES = 64;

/* The record of a block: 32-bit words; fields and coordinates by their address. */
export const BLOCK_STRIDE = 0;
export const BLOCK_ROWS = 4;
export const BLOCK_WIDTH = 8;
export const BLOCK_HEIGHT = 12;
export const BLOCK_HALO = 16;
export const BLOCK_FOOD = 20;
export const BLOCK_EXTRA_FOOD = 24;
export const BLOCK_SIZE = 28;
export const BLOCK_TRAITS = 32;
export const BLOCK_HEALTH = 36;
export const BLOCK_BIRTH = 40;
export const BLOCK_COLOUR = 44;
export const BLOCK_LINEAGE = 48;
/** Global coordinates, u32 per column and per row. */
export const BLOCK_COLUMN_X = 52;
export const BLOCK_ROW_Y = 56;
/** Where the planes begin, and how far apart they are. */
export const BLOCK_PLANES = 64;
export const BLOCK_PLANE_CLASS = 68;
export const BLOCK_RECORD_BYTES = 72;

/*
 * The planes of a block: distances from the first, in bytes for each cell of a plane. A plane has room
 * for PLANE_CELLS_MIN · 2^class cells and some slack, of few classes, so that the distances can be
 * compiled into the kernel. What is not used of it is address space only: it is never touched.
 */
export const PLANE_COLOUR = 0;
export const PLANE_LINEAGE = 4;
export const PLANE_FOOD = 8;
export const PLANE_HEALTH = 10;
export const PLANE_BIRTH = 12;
export const PLANE_SIZE = 14;
export const PLANE_TRAITS = 15;
export const PLANE_EXTRA_FOOD = 16;
export const PLANES_BYTES = 17;
export const PLANE_CELLS_MIN = 2048;
export const PLANE_CLASSES = 16;
/** For the guard, and so that planes do not begin at the same address modulo a power of two. */
export const PLANE_SLACK_CELLS = 320;

/* The record of a scratch. First vectors that never change (a constant of a vector is made anew at
 * each use by the compiler behind wasm; a load costs less). */
/** 1, 2, 4 … 128 in each byte: the directions, E to NE. */
export const DIRECTION_VECTORS = 0;
/** The halves of the three choices of a pick: 0x0f, 0x33, 0x55 in each byte. */
export const LOWER_HALVES = 128;
/** Action bits that make a candidate: 0xe0 in each byte. */
export const MAY_BITS = 176;
/** The rank of a blank cell, 127 in each byte. */
export const BLANK_RANK = 192;
/** 7 and 8 in each 16-bit lane. */
export const SEVENS = 208;
export const EIGHTS = 224;
/** The multipliers of the cell draw in each 16-bit lane. */
export const FIRST_MULTIPLIER = 240;
export const SECOND_MULTIPLIER = 256;
/** 16 bytes of ones, then 16 of zeros: masks for the last vector of a row begin inside. */
export const TAIL_MASKS = 272;

/* Rules as the engine writes them before a tick: 14 words. */
export const RULE_WORDS = 304;
export const RULE_COUNT = 14;
/* … and as the kernel spreads them over 16-bit lanes, in the same order. */
export const RULE_VECTORS = 368;
/** Health cost by traits, a table of 16 bytes. */
export const TRAIT_COSTS = 592;

/* Addresses of what follows the record. */
export const COMPRESS_TABLE = 608;
export const COLUMN_KEYS = 612;
export const ROW_KEYS = 616;
export const COLUMN_KEYS_LOW = 620;
export const COLUMN_KEYS_HIGH = 624;
export const ACTION_RING = 628;
export const RANK_RING = 632;
export const KIN_RING = 636;
export const INTENT_RING = 640;
export const GRANT_RING = 644;
export const EVENTS = 648;
/** Results of the statistics: nine f64. */
export const STATISTICS = 656;
/** Where claimants of a row's cells are, at 8 · direction: (step in cells i32, address u32). */
export const STEPS = 728;
/** Events of the row that was resolved last; see `resolveRow`. */
export const RESOLVED = 1760;
/** Of the wave behind, where several ticks are taken in one sweep. */
export const NEXT_SCRATCH = 1764;
/** Columns of the block that a wave works on: the first, and how many, whole vectors. */
export const FIRST_COLUMN = 1768;
export const SPAN = 1772;
/** How far copies have come that go along with a sweep: three words each. */
export const FILL_CURSOR = 1776;
export const PACK_CURSOR = 1788;
export const SCRATCH_RECORD_BYTES = 1800;
/** Ticks that are taken in one sweep at the most. */
export const WAVES_MAX = 4;

/** u16 × 8 for each byte: the positions of its set bits. */
export const COMPRESS_TABLE_BYTES = 4096;
export const RING_ROWS = 8;
/** Rows whose events are kept at a time. */
export const EVENT_ROWS = 2;
/** Room behind an event list: a vector of events is written whole. */
export const EVENT_SLACK_BYTES = 32;

/** A job of the copier: seven words. */
export const COPY_TARGET = 0;
export const COPY_SOURCE = 4;
export const COPY_ROW_BYTES = 8;
export const COPY_ROWS = 12;
export const COPY_TARGET_STRIDE = 16;
export const COPY_SOURCE_STRIDE = 20;
/** The row of a block where it begins, if it goes along with a sweep; then jobs are sorted by it. */
export const COPY_FIRST_ROW = 24;
export const COPY_JOB_BYTES = 28;

/** The jobs under way, from the first to behind the last, and the end of the list. */
export const CURSOR_BEGIN = 0;
export const CURSOR_END = 4;
export const CURSOR_LIMIT = 8;
