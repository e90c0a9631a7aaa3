import { expect, test } from 'vitest';
import { createStores } from '../../../services/coordinator/create-stores.ts';
import { DynamoObjectStore } from '../../../services/platform/objects/dynamo-object-store.ts';
import { EmbeddedObjectStore } from '../../../services/platform/objects/embedded-object-store.ts';
import { DynamoRecordStore } from '../../../services/platform/record/dynamo-record-store.ts';
import { EmbeddedRecordStore } from '../../../services/platform/record/embedded-record-store.ts';
import { RpcClient } from '../../../services/platform/rpc/rpc-client.ts';
import { DynamoDigestLog } from '../../../services/platform/series/dynamo-digest-log.ts';
import { DynamoEventLog } from '../../../services/platform/series/dynamo-event-log.ts';
import { DynamoSeriesLog } from '../../../services/platform/series/dynamo-series-log.ts';
import { EmbeddedDigestLog } from '../../../services/platform/series/embedded-digest-log.ts';
import { EmbeddedEventLog } from '../../../services/platform/series/embedded-event-log.ts';
import { EmbeddedSeriesLog } from '../../../services/platform/series/embedded-series-log.ts';
import { MemoryNetwork } from '../../simulation/network/memory-network.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

const DYNAMO = {
  ...{ storeEndpoint: undefined, dynamoEndpoint: 'http://127.0.0.1:1' },
  ...{ awsRegion: undefined, tableName: 'colony', colonyName: 'colony' },
};
const EMBEDDED = { ...DYNAMO, storeEndpoint: 'http://127.0.0.1:9000' };

test.each([
  ['in the embedded store where one is named', EMBEDDED, 'embedded'],
  ['in DynamoDB where none is', DYNAMO, 'dynamo'],
] as const)('all that a colony has stored is %s', (_where, config, kind) => {
  const clock = new VirtualClock();
  const transport = new MemoryNetwork(clock).transportOf('http://coordinator:1');
  const rpc = new RpcClient({ transport, secret: 'x'.repeat(16), selfBootId: 'boot-1' });
  const stores = createStores(config, { rpc, clock, randomness: new SeededRandomness(1) });
  const isEmbedded = kind === 'embedded';
  expect(stores.record).toBeInstanceOf(isEmbedded ? EmbeddedRecordStore : DynamoRecordStore);
  expect(stores.objects).toBeInstanceOf(isEmbedded ? EmbeddedObjectStore : DynamoObjectStore);
  expect(stores.digests).toBeInstanceOf(isEmbedded ? EmbeddedDigestLog : DynamoDigestLog);
  const rows = stores.series('statistics');
  expect(rows).toBeInstanceOf(isEmbedded ? EmbeddedSeriesLog : DynamoSeriesLog);
  expect(stores.events).toBeInstanceOf(isEmbedded ? EmbeddedEventLog : DynamoEventLog);
});
