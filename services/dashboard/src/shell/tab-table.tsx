import type { ComponentType } from 'preact';
import { ChartsTab } from '../charts/charts-tab.tsx';
import { ClusterView } from '../cluster/cluster-view.tsx';
import { IdleCard } from '../control/idle-card.tsx';
import { Picking } from '../control/inject/picking.tsx';
import type { Tab } from '../state/url-codec.ts';
import { WorldView } from '../world/world-view.tsx';

interface TabEntry {
  id: Tab;
  title: string;
  View: ComponentType;
}

function WorldTab() {
  return (
    <div class="world-tab">
      <WorldView />
      <IdleCard />
      <Picking />
    </div>
  );
}

/** The views of the page, in the order of their tabs. */
export const TABS: readonly TabEntry[] = [
  { id: 'world', title: 'World', View: WorldTab },
  { id: 'charts', title: 'Charts', View: ChartsTab },
  { id: 'cluster', title: 'Cluster', View: ClusterView },
];
