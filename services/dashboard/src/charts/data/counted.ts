import { CHANGE_NAMES } from '../../../../world/measuring/changes.ts';

/** The columns that count what happened since the row before; all others are of the row's state. */
export const COUNTED: ReadonlySet<string> = new Set(CHANGE_NAMES);
