import type { Shortcut } from '../ui/shortcut.ts';
import { pauseOrResume, start, step } from './run.ts';

export const CONTROL_SHORTCUTS: readonly Shortcut[] = [
  { keys: [' '], label: 'Space', text: 'Pause or resume', act: pauseOrResume },
  { keys: ['.'], label: '.', text: 'Do a step while paused', act: step },
  { keys: ['s'], label: 'S', text: 'Start the colony', act: start },
];
