import { createServiceLog } from '../platform/observability/service-log.ts';
import { endWithSignals, listen, runService } from '../platform/process/service-process.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { SystemRandomness } from '../platform/runtime/system-randomness.ts';
import { ENVIRONMENT } from '../protocol/common/names.ts';
import { describeDiskError } from './store/disk.ts';
import { Store } from './store/store.ts';
import { createStoreApp } from './store/store-app.ts';
import { storePlace } from './store/store-folder.ts';
import { readStoreSettings, type StoreReport } from './store-settings.ts';

/**
 * The embedded store of a local colony. It listens whatever the disk says: a store that cannot be
 * opened answers why, and tries again unless it was refused.
 */
async function run(): Promise<void> {
  const { dataDir, port: askedPort, secret, logLevel, mayMake } = readStoreSettings(process.env);
  const clock = new SystemClock();
  const config = { logLevel, logFile: process.env[ENVIRONMENT.logFile] };
  const log = createServiceLog({ config, fields: { service: 'store', id: 'store' }, clock });
  const place = storePlace(dataDir);
  const report = (message: StoreReport) => process.send?.(message);
  const store: Store = new Store({
    place,
    mayMake,
    clock,
    randomness: new SystemRandomness(),
    log,
    describe: (error) => describeDiskError(error, place.folder),
    onLooked: (entries) => report({ type: 'looking', entries }),
    onTrouble: (trouble) =>
      report(
        trouble === undefined ? { type: 'ready', port } : { type: 'trouble', message: trouble },
      ),
  });
  const app = createStoreApp({ store, secret, log });
  const { port, close } = await listen(app, { host: '127.0.0.1', port: askedPort, log });
  log.info({ port, pid: process.pid, folder: place.folder }, 'Listening.');
  store.keepOpen();
  endWithSignals({
    log,
    port,
    stop: async () => {
      await close();
      await store.close();
    },
  });
}

runService('store', run);
