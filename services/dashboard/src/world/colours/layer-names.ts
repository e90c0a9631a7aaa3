import type { Layer } from '../../../../world/measuring/layers.ts';

/** What a layer is called, and what it shows. */
export const LAYER_WORDS: Readonly<Record<Layer, { name: string; shows: string }>> = {
  colour: { name: 'Species', shows: 'the colour that marks the species' },
  lineage: { name: 'Lineage', shows: 'the colour of the first ancestor' },
  food: { name: 'Food', shows: 'food lying there' },
  extraFood: { name: 'Growth', shows: 'food that grows there each tick' },
  size: { name: 'Size', shows: 'how large creatures are' },
  canKill: { name: 'Hunters', shows: 'who can kill' },
  canMove: { name: 'Movers', shows: 'who can move' },
  cost: { name: 'Cost', shows: 'health that living costs each tick' },
  health: { name: 'Health', shows: 'how much health creatures have' },
  age: { name: 'Age', shows: 'for how many ticks creatures have lived' },
  owner: { name: 'Backends', shows: 'which backend computes what' },
};
