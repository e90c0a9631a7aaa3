import { batch, effect } from '@preact/signals';
import { colony } from '../../state/colony.ts';
import { marked } from '../../state/selection.ts';
import { heldTiles } from './held-tiles.ts';
import { clearSelection } from './inspection.ts';
import { somethingChanged } from './pictures.ts';

/** From now on what belongs to a colony is forgotten with it, whatever tab is shown: its tiles, and what was chosen in it. */
export function forgetOtherColonies(): void {
  let instance = colony.peek()?.colonyInstanceId;
  effect(() => {
    const present = colony.value?.colonyInstanceId;
    const before = instance;
    if (present === before) return;
    instance = present;
    heldTiles.clear();
    somethingChanged();
    // What is chosen in the first one is in the address.
    if (before === undefined || before === null) return;
    batch(() => {
      clearSelection();
      marked.value = undefined;
    });
  });
}
