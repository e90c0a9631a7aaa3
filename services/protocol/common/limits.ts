/** Bounds that several schemas share. */

/** Ticks are u32 in every format. */
export const TICK_MAX = 0xffff_ffff;
/** No topology names the owners of more. */
export const SHARDS_MAX = 16_384;
export const BACKENDS_MAX = 1024;
/** How many injected events one colony instance takes. */
export const EVENTS_MAX = 100_000;
