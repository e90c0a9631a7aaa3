import { tab } from '../state/url-state.ts';
import { TABS } from './tab-table.tsx';

/** The tab that is shown: an address may name one that there is not. */
const shownTab = () => TABS.find(({ id }) => id === tab.value) ?? TABS[0];

const STEPS: Readonly<Record<string, (at: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  Home: () => 0,
  End: () => -1,
};

/** Arrow keys, Home and End go from tab to tab and show it. */
function moveOn(event: KeyboardEvent): void {
  const target = STEPS[event.key]?.(TABS.findIndex(({ id }) => id === shownTab()?.id));
  const next = target === undefined ? undefined : TABS.at(target % TABS.length);
  if (next === undefined) return;
  event.preventDefault();
  tab.value = next.id;
  document.getElementById(`tab-${next.id}`)?.focus();
}

export function TabList() {
  const shown = shownTab()?.id;
  return (
    <div class="tabs" role="tablist" aria-label="Views" onKeyDown={moveOn}>
      {TABS.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          aria-selected={id === shown}
          aria-controls="view"
          tabIndex={id === shown ? 0 : -1}
          onClick={() => {
            tab.value = id;
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

export function TabPanel() {
  const shown = shownTab();
  if (shown === undefined) return null;
  const { id, View } = shown;
  return (
    <div id="view" class="view" role="tabpanel" aria-labelledby={`tab-${id}`}>
      <View key={id} />
    </div>
  );
}
