import { z } from 'zod';

/** The least and the greatest value, both inclusive. */
export type Bounds = readonly [min: number, max: number];

/** An integer within bounds. */
export const within = ([min, max]: Bounds) => z.int().min(min).max(max);
