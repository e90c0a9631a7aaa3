import { signal } from '@preact/signals';
import type { ClusterHistoryView } from '../../../protocol/api/cluster-history.ts';
import { fetchClusterHistory } from '../api/client.ts';
import { Poller } from '../state/poller.ts';
import { goesOn, withNewer } from './history-merge.ts';

const EVERY_MS = 2_000;

/** What the leader remembers, as far as it was told; undefined while nothing is known. */
export const clusterHistory = signal<ClusterHistoryView | undefined>(undefined);

async function pollHistory(): Promise<void> {
  const known = clusterHistory.peek();
  const since = known?.points.elapsedMs.at(-1);
  // The view tells whether anybody answers; the past stays as it was.
  const next = await fetchClusterHistory(since).catch(() => undefined);
  if (next === undefined) return;
  if (known === undefined || since === undefined) clusterHistory.value = next;
  else if (goesOn(known, next)) clusterHistory.value = withNewer(known, next);
  else clusterHistory.value = await fetchClusterHistory().catch(() => undefined);
}

/** Follows the history until the function that it gives is called. */
export function followHistory(): () => void {
  const poller = new Poller(pollHistory, () => EVERY_MS);
  void poller.run();
  return () => poller.stop();
}
