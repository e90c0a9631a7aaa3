import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbeddedObjectStore } from '../../../services/platform/objects/embedded-object-store.ts';
import { EmbeddedRecordStore } from '../../../services/platform/record/embedded-record-store.ts';
import { EmbeddedDigestLog } from '../../../services/platform/series/embedded-digest-log.ts';
import { EmbeddedEventLog } from '../../../services/platform/series/embedded-event-log.ts';
import { EmbeddedSeriesLog } from '../../../services/platform/series/embedded-series-log.ts';
import { SORT_KEYS } from '../../../services/protocol/common/names.ts';
import { ABSENT_RECORD } from '../../../services/protocol/record/colony-record.ts';
import { claimOf, systemRecords } from '../../support/colony-records.ts';
import { colonyRecordContract } from '../../support/contracts/colony-record-contract.ts';
import { digestLogContract, digestOfTick } from '../../support/contracts/digest-log-contract.ts';
import { eventLogContract, eventOfSequence } from '../../support/contracts/event-log-contract.ts';
import { objectStoreContract } from '../../support/contracts/object-store-contract.ts';
import { recordStoreContract } from '../../support/contracts/record-store-contract.ts';
import { itemOfTick, seriesLogContract } from '../../support/contracts/series-log-contract.ts';
import { ServedStore } from '../../support/store/served-store.ts';
import { put } from '../../support/store/store-workload.ts';

let dataDir = '';
let served: ServedStore;
let colonies = 0;
beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'colony-embedded-'));
  served = await ServedStore.start(dataDir);
});
afterAll(async () => {
  await served.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const client = (name = `colony-${colonies++}`) => served.client(name);

describe('the record in the embedded store', () => {
  recordStoreContract(async () => new EmbeddedRecordStore(client()));
  colonyRecordContract(async () => systemRecords(new EmbeddedRecordStore(client())));

  test('colonies of other names have records of their own', async () => {
    await systemRecords(new EmbeddedRecordStore(client('reef-a'))).claim(claimOf('K1'));
    expect(await new EmbeddedRecordStore(client('reef-b')).read()).toEqual(ABSENT_RECORD);
  });

  test('of 100 claims at a time exactly one wins', async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        systemRecords(new EmbeddedRecordStore(client('raced'))).claim(claimOf(`K${i}`)),
      ),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(new Set(results.map(({ record }) => record.startKey)).size).toBe(1);
  });

  test('a broken record is STORE_UNAVAILABLE and names what is wrong', async () => {
    const text = JSON.stringify({ ...ABSENT_RECORD, revision: 1, generation: 'three' });
    await client('broken').call('put', { sortKey: SORT_KEYS.record, text });
    await expect(new EmbeddedRecordStore(client('broken')).read()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('the stored colony record is broken: generation:'),
    });
  });
});

describe('objects in the embedded store', () => {
  objectStoreContract(async () => new EmbeddedObjectStore(client()));

  test('an object that is too large is refused with its size and the limit', async () => {
    const store = new EmbeddedObjectStore(client());
    await expect(store.put('noise', 'x'.repeat(9_000_000))).rejects.toThrow(
      'the object noise has 9000002 bytes: the store takes at most 8388608',
    );
  });
});

describe('digests in the embedded store', () => {
  digestLogContract(async () => new EmbeddedDigestLog(client()));

  test('more than one page are put together in order, up to the limit', async () => {
    const ticks = Array.from({ length: 1_250 }, (_, i) => i * 100);
    await Promise.all(
      ticks.map((tick) =>
        put(
          served.store,
          `paged/${SORT_KEYS.digest('long', tick)}`,
          JSON.stringify(digestOfTick(tick)),
        ),
      ),
    );
    const log = new EmbeddedDigestLog(client('paged'));
    expect((await log.list('long')).map(({ tick }) => tick)).toEqual(ticks);
    const some = await log.list('long', { fromTick: 150, limit: 1_100 });
    expect(some.map(({ tick }) => tick)).toEqual(ticks.slice(2, 1_102));
  });
});

describe('events in the embedded store', () => {
  eventLogContract(async () => new EmbeddedEventLog(client()));

  test('a broken event is STORE_UNAVAILABLE and names what is wrong', async () => {
    const log = new EmbeddedEventLog(client('broken-event'));
    await log.append('instance-1', eventOfSequence(1));
    const sortKey = SORT_KEYS.event('instance-1', 2);
    await client('broken-event').call('put', { sortKey, text: '{"sequence":"2"}' });
    await expect(log.list('instance-1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('a stored event is broken: sequence:'),
    });
  });
});

describe('rows in the embedded store', () => {
  seriesLogContract(async () => new EmbeddedSeriesLog(client(), 'statistics'));

  test('the rows of other tables are others', async () => {
    await new EmbeddedSeriesLog(client('tables'), 'statistics').append('i-1', itemOfTick(100));
    expect(await new EmbeddedSeriesLog(client('tables'), 'surveys').list('i-1')).toEqual([]);
  });

  test('a broken item is STORE_UNAVAILABLE and names what is wrong', async () => {
    const sortKey = SORT_KEYS.rowsItem('statistics', 'i-1', 100);
    const text = '{"tick":100,"columns":{"tick":[100],"food":[1,2]}}';
    await client('broken-rows').call('put', { sortKey, text });
    const log = new EmbeddedSeriesLog(client('broken-rows'), 'statistics');
    await expect(log.list('i-1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'a stored item of statistics is broken: columns: they are not whole rows',
    });
  });

  test('a record is never removed', async () => {
    const removing = client().call('remove', { sortKeys: [SORT_KEYS.record] });
    await expect(removing).rejects.toThrow('a record is never removed');
  });
});

test('what was stored is there after the store is opened again', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'colony-embedded-'));
  const first = await ServedStore.start(folder);
  const { record } = await systemRecords(new EmbeddedRecordStore(first.client('reef'))).claim(
    claimOf('K1'),
  );
  await first.close();
  const second = await ServedStore.start(folder);
  expect(await new EmbeddedRecordStore(second.client('reef')).read()).toEqual(record);
  await second.close();
  rmSync(folder, { recursive: true });
});
