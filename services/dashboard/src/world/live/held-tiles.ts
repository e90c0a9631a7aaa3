import { effect } from '@preact/signals';
import { colony } from '../../state/colony.ts';
import { TileStore } from '../tiles/tile-store.ts';
import { somethingChanged } from './pictures.ts';

/** The tiles of the colony; they stay when another tab is shown. */
export const heldTiles = new TileStore();

/**
 * Forgets the tiles of a colony that is no more, until the function it returns is called.
 *
 * @param onOther what else is of that colony is to be forgotten
 */
export function forgetOtherColonies(onOther: () => void): () => void {
  let instance = colony.peek()?.colonyInstanceId;
  return effect(() => {
    const present = colony.value?.colonyInstanceId;
    if (present === instance) return;
    // Of the first one the address may tell.
    if (instance !== undefined && instance !== null) onOther();
    instance = present;
    heldTiles.clear();
    somethingChanged();
  });
}
