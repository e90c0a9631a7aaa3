import { afterAll, beforeAll, describe } from 'vitest';
import { createDynamoClient, ensureTable } from '../../../services/platform/aws/dynamo-client.ts';
import { DynamoObjectStore } from '../../../services/platform/objects/dynamo-object-store.ts';
import { DynamoRecordStore } from '../../../services/platform/record/dynamo-record-store.ts';
import { DynamoDigestLog } from '../../../services/platform/series/dynamo-digest-log.ts';
import { DynamoEventLog } from '../../../services/platform/series/dynamo-event-log.ts';
import { DynamoSeriesLog } from '../../../services/platform/series/dynamo-series-log.ts';
import { implementations, PATIENT, RUN } from '../../support/aws/second-opinions.ts';
import { systemRecords } from '../../support/colony-records.ts';
import { colonyRecordContract } from '../../support/contracts/colony-record-contract.ts';
import { digestLogContract } from '../../support/contracts/digest-log-contract.ts';
import { eventLogContract } from '../../support/contracts/event-log-contract.ts';
import { objectStoreContract } from '../../support/contracts/object-store-contract.ts';
import { recordStoreContract } from '../../support/contracts/record-store-contract.ts';
import { seriesLogContract } from '../../support/contracts/series-log-contract.ts';

describe.each(implementations('DynamoDB Local'))('DynamoDB at %s', (_name, endpoint) => {
  const client = createDynamoClient({ region: 'us-east-1', endpoint, ...PATIENT });
  const table = `contract-${RUN}`;
  let colonies = 0;
  const name = () => `colony-${colonies++}`;

  beforeAll(() => ensureTable(client, table));
  afterAll(() => client.destroy());

  describe('the record', () => {
    recordStoreContract(async () => new DynamoRecordStore(client, table, name()));
    colonyRecordContract(async () => systemRecords(new DynamoRecordStore(client, table, name())));
  });

  describe('objects', () => {
    objectStoreContract(async () => new DynamoObjectStore(client, table, name()));
  });

  describe('digests', () => {
    digestLogContract(async () => new DynamoDigestLog(client, table, name()));
  });

  describe('rows', () => {
    seriesLogContract(async () => new DynamoSeriesLog(client, table, name(), 'statistics'));
  });

  describe('events', () => {
    eventLogContract(async () => new DynamoEventLog(client, table, name()));
  });
});
