import { lookAt } from './store/open-store.ts';
import { storePlace } from './store/store-folder.ts';
import type { LookReport } from './store-look.ts';

/** Looks at the store of the data folder that its argument names, tells what it found, and ends. */
const report = (message: LookReport) => process.send?.(message, () => process.disconnect?.());

const [dataDir = ''] = process.argv.slice(2);
try {
  report({ type: 'found', findings: await lookAt(storePlace(dataDir)) });
} catch (error) {
  report({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
