import { RunControls } from '../control/run-controls.tsx';
import { About } from '../panel/about.tsx';
import { BackendTable } from '../panel/backend-table.tsx';
import { EventList } from '../panel/event-list.tsx';
import { Figures } from '../panel/figures.tsx';
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
          <RunControls />
          <BackendTable />
          <EventList />
          <About />
        </aside>
      </main>
      <HelpDialog />
    </>
  );
}
