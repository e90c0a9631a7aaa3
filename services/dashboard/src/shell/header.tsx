import { useSignalEffect } from '@preact/signals';
import { colony } from '../state/colony.ts';
import { connectionLost } from '../state/connection.ts';
import { nextTheme, theme } from '../state/theme.ts';
import * as format from '../text/format.ts';
import { isHelpOpen } from './keyboard.ts';
import { TabList } from './tabs.tsx';

const THEME_SIGNS = { auto: '◐', light: '☀', dark: '☾' } as const;

/** Which colony this is, how it does, and the views of it. */
export function Header() {
  const view = colony.value;
  const isLost = connectionLost.value !== undefined;
  useSignalEffect(() => {
    const { phase, name } = colony.value ?? {};
    if (phase !== undefined) document.title = `${phase} – ${name} – Distributed Colony`;
  });
  const detail = view?.phaseDetail ?? '';
  return (
    <header class="bar">
      <img class="mark" src="dashboard/icon.svg" alt="" width="28" height="28" />
      <h1>
        Distributed Colony <span class="name">{view?.name}</span>
      </h1>
      <span
        id="phase"
        class="phase"
        data-tone={view === undefined || isLost ? 'quiet' : format.phaseTone(view.phase)}
        role="status"
      >
        {view === undefined ? 'connecting' : isLost ? `was ${view.phase}` : view.phase}
      </span>
      <span class="phase-detail" title={detail}>
        {detail}
      </span>
      <TabList />
      <nav class="bar-end" aria-label="Page">
        <button
          type="button"
          class="plain"
          title={`Colours: ${theme.value} (D)`}
          aria-label={`Colours: ${theme.value}`}
          onClick={nextTheme}
        >
          {THEME_SIGNS[theme.value]}
        </button>
        <button
          type="button"
          class="plain"
          title="Keys (?)"
          aria-label="Keys"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          ?
        </button>
        <a class="docs" href="docs">
          API
        </a>
      </nav>
    </header>
  );
}
