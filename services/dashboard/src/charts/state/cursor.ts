import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { nearestIndex } from '../data/nearest.ts';

/** The tick whose values are told: one for all charts. */
export interface Cursor {
  /** Where the pointer is; undefined: over no chart. */
  hovered: Signal<number | undefined>;
  /** Where it stays when the pointer is gone; undefined: at the newest row. */
  pinned: Signal<number | undefined>;
  /** The tick of the row that is told; undefined: there is none. */
  tick: ReadonlySignal<number | undefined>;
  /** Goes so many rows on. */
  move(rows: number): void;
}

/** @param ticks of the rows that are shown, rising */
export function createCursor(ticks: ReadonlySignal<readonly number[]>): Cursor {
  const hovered = signal<number | undefined>(undefined);
  const pinned = signal<number | undefined>(undefined);
  const index = computed(() => {
    const wanted = hovered.value ?? pinned.value;
    return wanted === undefined ? ticks.value.length - 1 : nearestIndex(ticks.value, wanted);
  });
  return {
    hovered,
    pinned,
    tick: computed(() => ticks.value[index.value ?? -1]),
    move(rows) {
      const last = ticks.peek().length - 1;
      const next = Math.max(0, Math.min(last, (index.peek() ?? last) + rows));
      hovered.value = undefined;
      pinned.value = ticks.peek()[next];
    },
  };
}
