/*
 * The layout of the compiled kernel's memory. Both the kernel (AssemblyScript) and the engine
 * (TypeScript) compile this file, so it holds plain numbers only. All are offsets in bytes.
 *
 *   block:   record of BLOCK_RECORD_BYTES │ global x of each column │ global y of each row │ eight planes, one
 *            for each field, of stride · rows values with a guard on both sides
 *   scratch: record of SCRATCH_RECORD_BYTES │ keys │ rings of rows │ event lists; a thread has a chain
 *            of them, one for each tick of a sweep, which share the compress table
 *
 * A row is padded to a multiple of 16 cells, the cells of a vector. The kernel reads padding and
 * guards, but their values never matter: they lie outside of the margin.
 *
 * The phases of a tick run interleaved, each a few rows behind the one before. What one leaves for
 * the next (action, rank, kin, intent, grant) therefore fits rings of 8 rows, in the first-level cache.
 */

/** One-byte cells in a vector. */
export const VECTOR_CELLS = 16;
/** Space between the fields of a block: room for a vector that starts one cell early or ends late. */
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
/** Address of the first plane, and the distance between planes. */
export const BLOCK_PLANES = 64;
export const BLOCK_PLANE_CLASS = 68;
/** How often what happened in the interior: f64 each, in the order of `Changes`. */
export const BLOCK_CHANGES = 72;
export const BLOCK_RECORD_BYTES = 144;

/*
 * The planes of a block: distances from the first, in bytes for each cell of a plane. A plane has room
 * for PLANE_CELLS_MIN · 2^class cells and some slack. There are few classes, so that the distances
 * can be compiled into the kernel. Unused parts are never touched: they cost address space only.
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
/** Holds the guard, and keeps planes from starting at the same address modulo a power of two. */
export const PLANE_SLACK_CELLS = 320;

/* The record of a scratch. Constant vectors come first: V8 would build a vector constant again at
 * each use, and a load costs less. */
/** 1, 2, 4 … 128, each in all bytes of a vector: the directions, E to NE. */
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
/** 16 bytes of ones, then 16 of zeros: a mask for the last vector of a row is a load from within. */
export const TAIL_MASKS = 272;

/* The rules as the engine writes them before a tick: 14 words. */
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
/** What phase A needs of each 16 columns of a wave, side by side; see the COLUMN offsets below. */
export const COLUMN_VECTORS = 620;
export const ACTION_RING = 628;
export const RANK_RING = 632;
export const KIN_RING = 636;
export const INTENT_RING = 640;
export const GRANT_RING = 644;
export const EVENTS = 648;
/** Results of the statistics: nine f64. */
export const STATISTICS = 656;
/** How to reach the claimants of a row's cells, at 8 · direction: (step in cells i32, address u32). */
export const STEPS = 728;
/** The events of the row resolved last; see `resolveRow`. */
export const RESOLVED = 1760;
/** The scratch of the next wave, where one sweep takes several ticks. */
export const NEXT_SCRATCH = 1764;
/** The columns of the block that a wave works on: the first, and how many, in whole vectors. */
export const FIRST_COLUMN = 1768;
export const SPAN = 1772;
/** How far a sweep's copies have come: three words each. */
export const FILL_CURSOR = 1776;
export const PACK_CURSOR = 1788;
/** Which columns of the wave are of the block's interior, in each 16-bit lane; see `interiorColumns`. */
export const INTERIOR_OFFSET = 1808;
export const INTERIOR_LIMIT = 1824;
export const SCRATCH_RECORD_BYTES = 1840;
/** At most so many ticks are taken in one sweep. */
export const WAVES_MAX = 4;

/** The lower and the upper halves of the keys of 16 columns, u16 each, and which are of the interior. */
export const COLUMN_LOW = 0;
export const COLUMN_HIGH = 32;
export const COLUMN_INTERIOR = 64;
export const COLUMN_VECTOR_BYTES = 80;

/** u16 × 8 for each byte: the positions of its set bits. */
export const COMPRESS_TABLE_BYTES = 4096;
export const RING_ROWS = 8;
/** The events of so many rows are kept at a time. */
export const EVENT_ROWS = 2;
/** Slack behind an event list, because events are written a whole vector at a time. */
export const EVENT_SLACK_BYTES = 32;

/** A job of the copier: seven words. */
export const COPY_TARGET = 0;
export const COPY_SOURCE = 4;
export const COPY_ROW_BYTES = 8;
export const COPY_ROWS = 12;
export const COPY_TARGET_STRIDE = 16;
export const COPY_SOURCE_STRIDE = 20;
/** For a job that goes with a sweep: the row of the block where it begins; jobs are sorted by it. */
export const COPY_FIRST_ROW = 24;
export const COPY_JOB_BYTES = 28;

/** The jobs under way (first, end), and the end of the list. */
export const CURSOR_BEGIN = 0;
export const CURSOR_END = 4;
export const CURSOR_LIMIT = 8;

/* The record of a packer: how many cells, and where they are; a guard is before and behind each field. */
export const PACKER_CELLS = 0;
export const PACKER_FOOD = 4;
export const PACKER_SIZE = 8;
export const PACKER_TRAITS = 12;
export const PACKER_HEALTH = 16;
export const PACKER_BIRTH = 20;
export const PACKER_COLOUR = 24;
export const PACKER_LINEAGE = 28;
/** The packed cells. */
export const PACKER_BYTES = 32;
export const PACKER_HALF_TABLE = 36;
export const PACKER_WORD_TABLE = 40;
export const PACKER_RECORD_BYTES = 44;
/** 16 bytes for each byte, and for each four bits. */
export const HALF_TABLE_BYTES = 4096;
export const WORD_TABLE_BYTES = 256;

/** The layers that are sampled, as the kernel is told them. */
export const SAMPLE_FOOD = 0;
export const SAMPLE_EXTRA_FOOD = 1;
export const SAMPLE_SIZE = 2;
export const SAMPLE_HEALTH = 3;
export const SAMPLE_AGE = 4;
export const SAMPLE_CAN_KILL = 5;
export const SAMPLE_CAN_MOVE = 6;
export const SAMPLE_COST = 7;
export const SAMPLE_COLOUR = 8;
export const SAMPLE_LINEAGE = 9;
