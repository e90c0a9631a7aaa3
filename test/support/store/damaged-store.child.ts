import { openStoreIn } from './disk-store.ts';
import { RECORD } from './store-workload.ts';

/**
 * Opens the stores of the data folders that are named, and tells of each what it holds or that it was
 * refused, a line each. In a process of its own, because damage may make LevelDB end it.
 */
export type DamageReport =
  | { type: 'opened'; record: string | undefined; digests: string[]; large: (string | undefined)[] }
  | { type: 'refused'; by: string };

async function reportOf(dataDir: string): Promise<DamageReport> {
  try {
    const store = await openStoreIn(dataDir);
    const record = await store.get(RECORD);
    const range = { from: 'reef/digest', before: 'reef/e', limit: 1_000, reverse: false };
    const digests = await store.list(range);
    const large = await Promise.all([0, 1, 2].map((life) => store.get(`reef/topology#${life}`)));
    await store.close();
    return { type: 'opened', record, digests, large };
  } catch (error) {
    return { type: 'refused', by: (error as Error).name };
  }
}

for (const dataDir of process.argv.slice(2)) {
  process.stdout.write(`${JSON.stringify(await reportOf(dataDir))}\n`);
}
