import { BACKEND_COLUMNS, type BackendColumn } from '../../../protocol/api/backend-columns.ts';
import type { ClusterHistoryView } from '../../../protocol/api/cluster-history.ts';

/** What is shown of the past. */
const HISTORY_MS = 1_800_000;

type Backend = ClusterHistoryView['backends'][number];

/** Whether an answer goes on with what is known: else another leader has begun anew. Pure. */
export const goesOn = (known: ClusterHistoryView, next: ClusterHistoryView): boolean =>
  known.epoch === next.epoch && known.begins === next.begins;

/**
 * What is known, and the points that came since; what is older than half an hour is forgotten. Pure.
 *
 * @param next of the same leader.
 */
export function withNewer(known: ClusterHistoryView, next: ClusterHistoryView): ClusterHistoryView {
  const times = [...known.points.elapsedMs, ...next.points.elapsedMs];
  const oldestMs = (times.at(-1) ?? 0) - HISTORY_MS;
  const from = times.findIndex((ms) => ms >= oldestMs);
  const joined = <T>(a: readonly T[], b: readonly T[]): T[] =>
    [...a, ...b].slice(Math.max(0, from));
  const ids = [...new Set([...known.backends, ...next.backends].map(({ id }) => id))].sort();
  const backends = ids.map((id) => {
    const columns = BACKEND_COLUMNS.map((name) => [
      name,
      joined(columnOf(known, id, name), columnOf(next, id, name)),
    ]);
    return { id, ...Object.fromEntries(columns) } as Backend;
  });
  return {
    ...next,
    points: {
      elapsedMs: joined(known.points.elapsedMs, next.points.elapsedMs),
      phase: joined(known.points.phase, next.points.phase),
      tick: joined(known.points.tick, next.points.tick),
      ticksPerSecond: joined(known.points.ticksPerSecond, next.points.ticksPerSecond),
    },
    // Of one that is not there any more nothing is left after a while.
    backends: backends.filter((backend) =>
      BACKEND_COLUMNS.some((name) => backend[name].some((value) => value !== null)),
    ),
  };
}

/** A column of a backend; nulls where it was not there. Pure. */
export function columnOf(
  history: ClusterHistoryView,
  id: string,
  name: BackendColumn,
): (number | null)[] {
  const backend = history.backends.find((one) => one.id === id);
  return backend?.[name] ?? history.points.elapsedMs.map(() => null);
}
