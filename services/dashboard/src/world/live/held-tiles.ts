import { effect } from '@preact/signals';
import { colony } from '../../state/colony.ts';
import { TileStore } from '../tiles/tile-store.ts';
import { somethingChanged } from './pictures.ts';

/** The tiles of the colony; they stay when another tab is shown. */
export const heldTiles = new TileStore();

/** Forgets the tiles of a colony that is no more, until the function it returns is called. */
export function forgetOtherColonies(): () => void {
  let instance = colony.peek()?.colonyInstanceId;
  return effect(() => {
    const present = colony.value?.colonyInstanceId;
    if (present === instance) return;
    instance = present;
    heldTiles.clear();
    somethingChanged();
  });
}
