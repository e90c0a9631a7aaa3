import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedBackends } from '../../../services/local/stored-backends.ts';
import { EmbeddedRecordStore } from '../../../services/platform/record/embedded-record-store.ts';
import { started, systemRecords, termOf } from '../../support/colony-records.ts';
import { ServedStore } from '../../support/store/served-store.ts';

let dataDir = '';
let served: ServedStore;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'colony-stored-backends-'));
  served = await ServedStore.start(dataDir);
});
afterAll(async () => {
  await served.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const asked = (colonyName: string, rpcSecret = served.secret) =>
  storedBackends({ storePort: served.port, rpcSecret, colonyName });

describe('the number of backends that a launch reads before it starts any', () => {
  test('is that of the record', async () => {
    const records = systemRecords(new EmbeddedRecordStore(served.client('reef')));
    const record = await started(records);
    expect(await asked('reef')).toBeUndefined();
    await records.setWantedBackends(termOf(record), 7);
    expect(await asked('reef')).toBe(7);
  });

  test('is not known of a colony that was never started, or where the store refuses', async () => {
    expect(await asked('no-colony')).toBeUndefined();
    expect(await asked('reef', 'the-secret-of-somebody-else-00000')).toBeUndefined();
  });
});
