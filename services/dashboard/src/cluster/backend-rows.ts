import type { BackendView } from '../../../protocol/api/public-api.ts';
import { FRESH_MS } from '../state/freshness.ts';

/** By what the backends are ordered. */
export type Order = 'name' | 'halos' | 'ticksPerSecond' | 'memoryBytes' | 'processors';

export interface BackendRow {
  backend: BackendView;
  /** How long ago it told what is shown; undefined: it never did. */
  ageMs: number | undefined;
  /** What is shown is so now. Else it was so last. */
  isKnown: boolean;
  /** The others wait for this one. */
  holdsUp: boolean;
}

/** How old the answer is that the backends are of. */
export interface Sight {
  sinceAnswerMs: number;
  /** It tells of an earlier time. */
  isOld: boolean;
}

/** The rows of the table. Pure. */
export function backendRows(
  backends: readonly BackendView[],
  { sinceAnswerMs, isOld }: Sight,
  order: Order = 'name',
): BackendRow[] {
  const rows = backends.map((backend): BackendRow => {
    const ageMs = backend.ageMs === null ? undefined : backend.ageMs + sinceAnswerMs;
    const isKnown = !isOld && Math.max(ageMs ?? 0, sinceAnswerMs) <= FRESH_MS;
    return { backend, ageMs, isKnown, holdsUp: false };
  });
  const slowest = slowestOf(rows);
  if (slowest !== undefined) slowest.holdsUp = true;
  return rows.sort((a, b) => compare(a.backend, b.backend, order));
}

/** The others wait for it for at least so much of their time. */
const WAITED_FOR = 0.1;
/** It has itself not more time to spare than this: else it is the pace or the leader that all wait for. */
const SPARE = 0.25;

/** The one that waits least for halos, where the others wait for them and it has no time to spare. */
function slowestOf(rows: readonly BackendRow[]): BackendRow | undefined {
  const ticking = rows.filter(({ isKnown, backend }) => isKnown && backend.waiting !== null);
  const [first, ...others] = ticking.sort((a, b) => halos(a.backend) - halos(b.backend));
  const waiting = first?.backend.waiting;
  if (first === undefined || !waiting || others.length === 0) return undefined;
  const median = halos(others[Math.floor((others.length - 1) / 2)]?.backend);
  const isWaitedFor = median >= WAITED_FOR && waiting.halos <= median / 2;
  return isWaitedFor && waiting.pace + waiting.horizon <= SPARE ? first : undefined;
}

const halos = (backend: BackendView | undefined): number => backend?.waiting?.halos ?? 0;

/** Names with numbers in the order of these; of figures the most telling first, unknown ones last. */
function compare(a: BackendView, b: BackendView, order: Order): number {
  const byName = a.id.localeCompare(b.id, 'en', { numeric: true });
  if (order === 'name') return byName;
  const [x, y] = [figure(a, order), figure(b, order)];
  if (x === null || y === null) return Number(x === null) - Number(y === null) || byName;
  const isLeastFirst = order === 'halos' || order === 'ticksPerSecond';
  return (isLeastFirst ? x - y : y - x) || byName;
}

const figure = (backend: BackendView, order: Exclude<Order, 'name'>): number | null =>
  order === 'halos' ? (backend.waiting?.halos ?? null) : backend[order];
