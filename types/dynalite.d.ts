// dynalite ships no types; these are the parts of it that are used here.
declare module 'dynalite' {
  import type { Server } from 'node:http';

  export type DynaliteOptions = {
    /** Folder of the LevelDB store; in memory without one. */
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
    maxItemSizeKb?: number;
    verbose?: boolean;
    debug?: boolean;
  };

  /** A server not yet listening; closing it closes its store too. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
