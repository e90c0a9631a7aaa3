import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freeLead, storedBackends } from '../../../services/local/launch-record.ts';
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

describe('the lead of a coordinator that has ended', () => {
  const never = new AbortController().signal;
  const ME = { id: 'coordinator-1', address: 'http://127.0.0.1:8083' };
  const at = (colonyName: string) => ({
    storePort: served.port,
    rpcSecret: served.secret,
    colonyName,
  });

  test('is free at once, and nothing else is changed', async () => {
    const records = systemRecords(new EmbeddedRecordStore(served.client('lead')));
    const { record } = await records.takeLeadership(undefined, ME);
    await freeLead(at('lead'), ({ address }) => address === ME.address, never);
    expect(await records.read()).toEqual({
      ...record,
      revision: record.revision + 1,
      leader: { ...record.leader, resigned: true },
    });
  });

  test('stays with another one', async () => {
    const records = systemRecords(new EmbeddedRecordStore(served.client('another')));
    const { record } = await records.takeLeadership(undefined, ME);
    await freeLead(at('another'), ({ address }) => address === 'http://127.0.0.1:8084', never);
    expect(await records.read()).toEqual(record);
  });

  test('stays where it is seen too late: another one may have it by then', async () => {
    const records = systemRecords(new EmbeddedRecordStore(served.client('late')));
    const { record } = await records.takeLeadership(undefined, ME);
    await freeLead(at('late'), () => true, AbortSignal.abort());
    expect(await records.read()).toEqual(record);
  });

  test('is none where nobody led, or where the store refuses', async () => {
    await freeLead(at('nobody'), () => true, never);
    await freeLead(
      { ...at('lead'), rpcSecret: 'the-secret-of-somebody-else-00000' },
      () => true,
      never,
    );
  });
});
