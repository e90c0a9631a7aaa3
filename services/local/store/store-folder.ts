import path from 'node:path';
import { DiskMarkFile } from './disk-mark-file.ts';
import { LevelFolder } from './level-folder.ts';
import type { StorePlace } from './open-store.ts';

/** Names in a data folder. */
export const STORE_FOLDER = 'store';
export const MARK_FILE = 'store.mark';

/** Where the store of a data folder is. */
export function storePlace(dataDir: string): StorePlace {
  const folder = path.join(dataDir, STORE_FOLDER);
  return {
    folder,
    source: new LevelFolder(folder),
    markFile: new DiskMarkFile(path.join(dataDir, MARK_FILE)),
  };
}
