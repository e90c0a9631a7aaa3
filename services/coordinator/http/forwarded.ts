/** Marks a request that came from a standby: it is never forwarded again. */
export const FORWARDED_HEADER = 'colony-forwarded';
