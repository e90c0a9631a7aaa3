import { useEffect } from 'preact/hooks';
import { injectAt } from '../../state/injection.ts';

/** Over the world while a cell is to be clicked. */
export function Picking() {
  const isPicking = injectAt.value !== undefined;
  useEffect(() => {
    // Arrow keys and Enter choose a cell too.
    if (isPicking) document.getElementById('world')?.focus();
  }, [isPicking]);
  return isPicking ? (
    <p class="picking-note" role="status">
      Click the cell, or move the world and press Enter for its middle. <kbd>Esc</kbd> gives up.
    </p>
  ) : null;
}
