import { signal } from '@preact/signals';
import type { Cell } from './selection.ts';

/**
 * Who waits for a cell: while it is set, a click into the world gives the cell there instead of
 * inspecting it. The world view calls it; whoever set it takes it away.
 */
export const injectAt = signal<((cell: Cell) => void) | undefined>(undefined);
