import { InjectDialog } from '../control/inject/inject-dialog.tsx';
import { RunControls } from '../control/run-controls.tsx';
import { StartDialog } from '../control/start/start-dialog.tsx';
import { StopDialog } from '../control/stop-dialog.tsx';
import { About } from '../panel/about.tsx';
import { BackendTable } from '../panel/backend-table.tsx';
import { EventList } from '../panel/event-list.tsx';
import { Figures } from '../panel/figures.tsx';
import { tab } from '../state/url-state.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Notices } from './notices.tsx';
import { TabPanel } from './tabs.tsx';
import './shell.css';

/** The page. */
export function App() {
  return (
    <>
      <Header />
      <Notices />
      <main>
        <TabPanel />
        <aside class="panel" aria-label="The colony">
          <Figures />
          {tab.value !== 'cluster' && <BackendTable />}
          <EventList />
          <About />
        </aside>
      </main>
      <footer class="transport">
        <RunControls />
        <Timeline />
      </footer>
      <HelpDialog />
      <StartDialog />
      <InjectDialog />
      <StopDialog />
    </>
  );
}
