import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { createDynamoClient, ensureTable } from '../platform/aws/dynamo-client.ts';
import { waitForStore } from './data-folder.ts';
import { readStoreSettings, type StoreReport } from './store-settings.ts';

/** The embedded store of a local colony: DynamoDB's protocol on loopback, kept in a folder. */
const LOOPBACK = '127.0.0.1';
/** A killed launch's store may still be ending. */
const PATIENCE_MS = 5000;

const { folder, port, tableName, region } = readStoreSettings(process.env);

function report(message: StoreReport): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit(1));

mkdirSync(folder, { recursive: true, mode: 0o700 });
if (!(await waitForStore(folder, PATIENCE_MS))) {
  report({ type: 'locked' });
  throw new Error(`${folder} is held by another process`);
}
const server = dynalite({ path: folder, createTableMs: 0 });
await new Promise<void>((resolve, reject) => {
  server.once('error', reject);
  server.listen(port, LOOPBACK, resolve);
});

const { port: boundPort } = server.address() as AddressInfo;
const client = createDynamoClient({ region, endpoint: `http://${LOOPBACK}:${boundPort}` });
await ensureTable(client, tableName);
client.destroy();
report({ type: 'ready', port: boundPort });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
