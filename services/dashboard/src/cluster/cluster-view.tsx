import { useEffect } from 'preact/hooks';
import { BackendTable } from './backend-table.tsx';
import { CheckpointLine } from './checkpoint-line.tsx';
import { CoordinatorTable } from './coordinator-table.tsx';
import { followHistory } from './history.ts';
import { followWaits } from './recent-waits.ts';
import { RecoveryPanel } from './recovery-panel.tsx';
import { PastTroubles } from './troubles.tsx';
import './cluster.css';

/** The processes of the colony: how each does, what is wrong, and how a loss is made good. */
export function ClusterView() {
  useEffect(followHistory, []);
  useEffect(followWaits, []);
  return (
    <div class="cluster">
      <RecoveryPanel />
      <BackendTable />
      <CheckpointLine />
      <CoordinatorTable />
      <PastTroubles />
    </div>
  );
}
