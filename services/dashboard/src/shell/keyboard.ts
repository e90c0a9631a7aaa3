import { signal } from '@preact/signals';
import { CONTROL_SHORTCUTS } from '../control/control-shortcuts.ts';
import { nextTheme } from '../state/theme.ts';
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

/** All keys of the page, by what they are for. */
export const SHORTCUTS: readonly (readonly [title: string, shortcuts: readonly Shortcut[]])[] = [
  ['Run', CONTROL_SHORTCUTS],
  ['World', WORLD_SHORTCUTS],
  ['Page', SHELL_SHORTCUTS],
];

const all = SHORTCUTS.flatMap(([, shortcuts]) => shortcuts);

/** Follows the keys of the page, except where they mean something to what has the focus. */
export function followKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && isTakenBy(event.target, event.key)) return;
    const key = event.key.toLowerCase();
    const shortcut = all.find(({ keys }) => keys.includes(key));
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.act(key);
  });
}

/** A dialog and a field take every key, a button is pressed by space. */
function isTakenBy(target: Element, key: string): boolean {
  if (target.closest('dialog, input, select, textarea') !== null) return true;
  return key === ' ' && target.closest('button, a, summary, [role="tab"]') !== null;
}
