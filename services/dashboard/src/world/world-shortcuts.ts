import { LAYERS } from '../../../world/measuring/layers.ts';
import { injectAt } from '../state/injection.ts';
import { marked, selectedCell, shownTick } from '../state/selection.ts';
import { layer } from '../state/url-state.ts';
import type { Shortcut } from '../ui/shortcut.ts';
import { clearSelection } from './live/inspection.ts';
import { earlierPicture, laterPicture, showNow } from './live/past.ts';
import { ARROWS, fit, panByKey, zoomIn, zoomOut } from './live/seen.ts';

function nextLayer(): void {
  layer.value = LAYERS[(LAYERS.indexOf(layer.value) + 1) % LAYERS.length] ?? 'colour';
}

/** What was begun last ends first: choosing a cell, looking at the past, the selection, the mark. */
function clear(): void {
  if (injectAt.value !== undefined) injectAt.value = undefined;
  else if (shownTick.value !== undefined) showNow();
  else if (selectedCell.value !== undefined) clearSelection();
  else marked.value = undefined;
}

export const WORLD_SHORTCUTS: readonly Shortcut[] = [
  { keys: ARROWS, label: '← → ↑ ↓', text: 'Look further in that direction', act: panByKey },
  { keys: ['+', '='], label: '+', text: 'Zoom in', act: zoomIn },
  { keys: ['-'], label: '−', text: 'Zoom out', act: zoomOut },
  { keys: ['f'], label: 'F', text: 'Show the whole world', act: fit },
  { keys: ['l'], label: 'L', text: 'Show the next layer', act: nextLayer },
  { keys: ['['], label: '[', text: 'Show the stored picture before', act: earlierPicture },
  { keys: [']'], label: ']', text: 'Show the stored picture after', act: laterPicture },
  { keys: ['escape'], label: 'Esc', text: 'Go back to now; select and mark nothing', act: clear },
];
