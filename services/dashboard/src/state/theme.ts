import { computed, effect, signal } from '@preact/signals';

const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'colony-theme';

/** What was chosen; `auto` is as the system has it. */
export const theme = signal<Theme>('auto');
const systemIsDark = signal(false);

/** What is shown: for what is drawn by script. */
export const isDark = computed(() =>
  theme.value === 'auto' ? systemIsDark.value : theme.value === 'dark',
);

/** Takes the choice of the last visit, and keeps this one. */
export function followTheme(): void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  systemIsDark.value = query.matches;
  query.addEventListener('change', () => {
    systemIsDark.value = query.matches;
  });
  const kept = keptTheme();
  theme.value = THEMES.find((name) => name === kept) ?? 'auto';
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value;
    keepTheme(theme.value);
  });
}

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
}

// A browser may refuse storage altogether: then each visit begins with `auto`.
function keptTheme(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keepTheme(value: Theme): void {
  try {
    if (value === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // As above.
  }
}
