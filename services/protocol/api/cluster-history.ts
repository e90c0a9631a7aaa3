import { z } from 'zod';
import { BACKEND_COLUMNS, type BackendColumn } from './backend-columns.ts';
import { troubleSchema } from './cluster-api.ts';
import { phaseSchema } from './public-api.ts';

const count = z.int().min(0);
/** One value for each point; null where it was not known. */
const column = z.array(z.number().nullable());

const backendColumns = Object.fromEntries(BACKEND_COLUMNS.map((name) => [name, column])) as Record<
  BackendColumn,
  typeof column
>;

/** Answer of `GET /cluster`: what the leader remembers of the processes of the colony, in columns. */
export const clusterHistorySchema = z.object({
  /** ISO 8601. The memory of a leader begins with its lead, and goes with it. */
  begins: z.string(),
  /** Of the leader whose memory it is: a `since` of another one means nothing here. */
  epoch: count,
  points: z.object({
    /** Milliseconds since it begins, rising. */
    elapsedMs: z.array(count),
    phase: z.array(phaseSchema),
    tick: column,
    ticksPerSecond: column,
  }),
  backends: z.array(z.object({ id: z.string(), ...backendColumns })),
  /** What went wrong with backends, oldest first; the last hundred. */
  troubles: z.array(troubleSchema),
});
export type ClusterHistoryView = z.infer<typeof clusterHistorySchema>;
