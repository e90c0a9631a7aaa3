/** Bounds that several schemas share. */

/** Ticks are u32 in every format. */
export const TICK_MAX = 0xffff_ffff;
/** The most ticks of one step of a paused colony. */
export const STEP_MAX_TICKS = 1_000_000;
/** The most shards, and backends, of a topology. */
export const SHARDS_MAX = 16_384;
export const BACKENDS_MAX = 1024;
/** The most injected events of one colony instance. */
export const EVENTS_MAX = 100_000;
