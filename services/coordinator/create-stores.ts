import { createDynamoClient } from '../platform/aws/dynamo-client.ts';
import type { CoordinatorConfig } from '../platform/config/coordinator-config.ts';
import { DynamoObjectStore } from '../platform/objects/dynamo-object-store.ts';
import { EmbeddedObjectStore } from '../platform/objects/embedded-object-store.ts';
import type { ObjectStore } from '../platform/objects/object-store.ts';
import { DynamoRecordStore } from '../platform/record/dynamo-record-store.ts';
import { EmbeddedRecordStore } from '../platform/record/embedded-record-store.ts';
import type { RecordStore } from '../platform/record/record-store.ts';
import type { RpcClient } from '../platform/rpc/rpc-client.ts';
import type { Clock } from '../platform/runtime/clock.ts';
import type { Randomness } from '../platform/runtime/randomness.ts';
import type { DigestLog } from '../platform/series/digest-log.ts';
import { DynamoDigestLog } from '../platform/series/dynamo-digest-log.ts';
import { DynamoEventLog } from '../platform/series/dynamo-event-log.ts';
import { DynamoSeriesLog } from '../platform/series/dynamo-series-log.ts';
import { EmbeddedDigestLog } from '../platform/series/embedded-digest-log.ts';
import { EmbeddedEventLog } from '../platform/series/embedded-event-log.ts';
import { EmbeddedSeriesLog } from '../platform/series/embedded-series-log.ts';
import type { EventLog } from '../platform/series/event-log.ts';
import type { SeriesLogs } from '../platform/series/series-log.ts';
import { StoreClient } from '../platform/store/store-client.ts';

/** All that a colony has stored. */
export interface Stores {
  record: RecordStore;
  objects: ObjectStore;
  digests: DigestLog;
  events: EventLog;
  series: SeriesLogs;
}

/** In the embedded store where the configuration names one, else in a table of DynamoDB. */
export function createStores(
  config: Pick<
    CoordinatorConfig,
    'storeEndpoint' | 'dynamoEndpoint' | 'awsRegion' | 'tableName' | 'colonyName'
  >,
  parts: { rpc: RpcClient; clock: Clock; randomness: Randomness },
): Stores {
  const { storeEndpoint: origin, dynamoEndpoint: endpoint, tableName, colonyName } = config;
  if (origin !== undefined) {
    const client = new StoreClient({ ...parts, origin, colonyName });
    return {
      record: new EmbeddedRecordStore(client),
      objects: new EmbeddedObjectStore(client),
      digests: new EmbeddedDigestLog(client),
      events: new EmbeddedEventLog(client),
      series: (table) => new EmbeddedSeriesLog(client, table),
    };
  }
  const dynamo = createDynamoClient({ region: config.awsRegion ?? 'us-east-1', endpoint });
  return {
    record: new DynamoRecordStore(dynamo, tableName, colonyName),
    objects: new DynamoObjectStore(dynamo, tableName, colonyName),
    digests: new DynamoDigestLog(dynamo, tableName, colonyName),
    events: new DynamoEventLog(dynamo, tableName, colonyName),
    series: (table) => new DynamoSeriesLog(dynamo, tableName, colonyName, table),
  };
}
