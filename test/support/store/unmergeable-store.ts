import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStoreIn } from './disk-store.ts';
import { digestKey, put, RECORD, recordText } from './store-workload.ts';

/** LevelDB makes a table of its log at each opening, and one table of four. */
const LIVES = 4;
const REVISIONS = 5;

/** A store of 41 commits that the next opening merges tables of. */
export async function fillMergingStore(dataDir: string): Promise<void> {
  for (let life = 0; life < LIVES; life++) {
    const store = await openStoreIn(dataDir);
    for (let i = 1; i <= REVISIONS; i++) {
      const revision = life * REVISIONS + i;
      await put(store, RECORD, recordText(revision));
      await put(store, digestKey(revision), JSON.stringify({ tick: revision }));
    }
    await store.close();
  }
}

/** Its keys are out of order then: an assertion of LevelDB ends the process that merges its tables, sooner or later. */
export function disorderTable(dataDir: string): void {
  const folder = path.join(dataDir, 'store');
  const [table = ''] = readdirSync(folder).filter((name) => name.endsWith('.ldb'));
  const bytes = readFileSync(path.join(folder, table));
  bytes[bytes.indexOf('!head')] = '~'.charCodeAt(0);
  writeFileSync(path.join(folder, table), bytes);
}
