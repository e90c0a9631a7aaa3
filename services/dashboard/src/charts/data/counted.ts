/** The columns that count what happened since the row before; all others are of the row's state. */
export const COUNTED: ReadonlySet<string> = new Set([
  'births',
  'deathsStarved',
  'deathsAccident',
  'deathsKilled',
  'deathsExtinct',
  'deathsOverwritten',
  'created',
  'moves',
  'mutations',
]);
