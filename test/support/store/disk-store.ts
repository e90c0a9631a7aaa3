import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeDiskError } from '../../../services/local/store/disk.ts';
import { Store } from '../../../services/local/store/store.ts';
import { storePlace } from '../../../services/local/store/store-folder.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { SystemRandomness } from '../../../services/platform/runtime/system-randomness.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';

/** The store of a data folder, opened in this process. */
export async function openStoreIn(dataDir: string): Promise<Store> {
  const place = storePlace(dataDir);
  const store = new Store({
    place,
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    log: new MemoryLog(),
    describe: (error) => describeDiskError(error, place.folder),
  });
  await store.open();
  return store;
}

/** All files below a folder and what is in them, as one hash each. */
export function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [
        path.relative(folder, file),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]),
  );
}
