import { TileStore } from '../tiles/tile-store.ts';

/** The tiles of the colony; they stay when another tab is shown. */
export const heldTiles = new TileStore();
