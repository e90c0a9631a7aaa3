import { signal } from '@preact/signals';
import { CONTROL_SHORTCUTS } from '../control/control-shortcuts.ts';
import { nextTheme } from '../state/theme.ts';
import type { Tab } from '../state/url-codec.ts';
import { tab } from '../state/url-state.ts';
import type { Shortcut } from '../ui/shortcut.ts';
import { WORLD_SHORTCUTS } from '../world/world-shortcuts.ts';

/** The help is open. */
export const isHelpOpen = signal(false);

const SHELL_SHORTCUTS: readonly Shortcut[] = [
  { keys: ['d'], label: 'D', text: 'Switch between light, dark and automatic', act: nextTheme },
  {
    keys: ['?'],
    label: '?',
    text: 'Show these keys',
    act: () => {
      isHelpOpen.value = true;
    },
  },
];

interface ShortcutGroup {
  title: string;
  shortcuts: readonly Shortcut[];
  /** The tab on which they mean something. @default all */
  onTab?: Tab;
}

/** All keys of the page, by what they are for. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  { title: 'Run', shortcuts: CONTROL_SHORTCUTS },
  { title: 'World', shortcuts: WORLD_SHORTCUTS, onTab: 'world' },
  { title: 'Page', shortcuts: SHELL_SHORTCUTS },
];

function shortcutOf(key: string): Shortcut | undefined {
  const groups = SHORTCUTS.filter(({ onTab = tab.value }) => onTab === tab.value);
  return groups.flatMap(({ shortcuts }) => shortcuts).find(({ keys }) => keys.includes(key));
}

/** Follows the keys of the page, except where they mean something to what has the focus. */
export function followKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && isTakenBy(event.target, event.key)) return;
    const key = event.key.toLowerCase();
    const shortcut = shortcutOf(key);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.act(key);
  });
}

/**
 * A dialog and a field take every key, a button is pressed by space. What was in a dialog may have the focus for a
 * moment after that is closed: it takes none.
 */
function isTakenBy(target: Element, key: string): boolean {
  const dialog = target.closest('dialog');
  if (dialog !== null) return dialog.open;
  if (target.closest('input, select, textarea') !== null) return true;
  // What scrolls is scrolled by the arrows.
  if (key.startsWith('Arrow')) return target !== document.body && target.id !== 'world';
  return key === ' ' && target.closest('button, a, summary, [role="tab"]') !== null;
}
