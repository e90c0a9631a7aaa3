import type { Shortcut } from '../ui/shortcut.ts';
import { injectEvent } from './inject/inject.ts';
import { pauseOrResume, step } from './run.ts';
import { chooseWorld, startAtOnce } from './start/start.ts';

export const CONTROL_SHORTCUTS: readonly Shortcut[] = [
  { keys: [' '], label: 'Space', text: 'Pause or resume', act: pauseOrResume },
  { keys: ['.'], label: '.', text: 'Do a step while paused', act: step },
  { keys: ['s'], label: 'S', text: 'Start the colony', act: startAtOnce },
  { keys: ['n'], label: 'N', text: 'Choose a new world, once none is there', act: chooseWorld },
  { keys: ['i'], label: 'I', text: 'Inject an event', act: injectEvent },
];
