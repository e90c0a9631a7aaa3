import { batch, effect, signal } from '@preact/signals';
import { marked, selectedCell, shownTick } from './selection.ts';
import { readUrlState, type UrlState, writeUrlState } from './url-codec.ts';

/** A place moves with every picture of the screen; browsers allow fewer addresses. */
const WRITE_AFTER_MS = 300;

export const tab = signal<UrlState['tab']>('world');
export const layer = signal<UrlState['layer']>('colour');
/** undefined: the whole world. */
export const place = signal<UrlState['place']>(undefined);
/** What of the colony's life is shown. */
export const range = signal<UrlState['range']>({ from: undefined, to: undefined });
/** The view follows the creature that is selected. */
export const follow = signal(false);

const current = (): UrlState => ({
  tab: tab.value,
  layer: layer.value,
  place: place.value,
  range: range.value,
  tick: shownTick.value,
  cell: selectedCell.value,
  follow: follow.value,
  mark: marked.value,
});

function take(state: UrlState): void {
  batch(() => {
    tab.value = state.tab;
    layer.value = state.layer;
    if (!isEqual(place.peek(), state.place)) place.value = state.place;
    if (!isEqual(range.peek(), state.range)) range.value = state.range;
    shownTick.value = state.tick;
    if (!isEqual(selectedCell.peek(), state.cell)) selectedCell.value = state.cell;
    follow.value = state.follow;
    if (!isEqual(marked.peek(), state.mark)) marked.value = state.mark;
  });
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Keeps the address of the page and the state the same: a link brings its state along, and back
 * and forward go between tabs, layers and what was selected. Moving about makes no steps.
 */
export function followUrl(): void {
  take(readUrlState(location.hash));
  const takeAgain = () => take(readUrlState(location.hash));
  addEventListener('popstate', takeAgain);
  addEventListener('hashchange', takeAgain);
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const hash = writeUrlState(current());
    clearTimeout(timer);
    if (hash === location.hash) return;
    const isStep = stepOf(hash) !== stepOf(location.hash);
    const address = `${location.pathname}${location.search}${hash}`;
    if (isStep) history.pushState(null, '', address);
    else timer = setTimeout(() => history.replaceState(null, '', address), WRITE_AFTER_MS);
  });
}

/** What of an address back and forward distinguish. */
function stepOf(hash: string): string {
  const state = readUrlState(hash);
  // A creature that is followed goes from cell to cell by itself; a range is drawn over in many small steps, and so is the past.
  const cell = state.follow ? undefined : state.cell;
  return JSON.stringify([state.tab, state.layer, cell, state.mark, state.tick === undefined]);
}
