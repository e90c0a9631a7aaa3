import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type LoggedEvent, loggedEventSchema } from '../../protocol/colony/colony-event.ts';
import { SORT_KEYS } from '../../protocol/common/names.ts';
import { DynamoSeries } from './dynamo-series.ts';
import type { EventLog } from './event-log.ts';

/** Events as items {pk: colonyName, sk: event#instance#sequence}, put only where none is. */
export class DynamoEventLog implements EventLog {
  readonly #series: DynamoSeries<LoggedEvent>;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string) {
    const schema = loggedEventSchema;
    this.#series = new DynamoSeries({ client, tableName, colonyName, schema, what: 'event' });
  }

  append(colonyInstanceId: string, entry: LoggedEvent): Promise<LoggedEvent> {
    return this.#series.append(SORT_KEYS.event(colonyInstanceId, entry.sequence), entry);
  }

  list(
    colonyInstanceId: string,
    options: { fromSequence?: number; limit?: number } = {},
  ): Promise<LoggedEvent[]> {
    const { fromSequence = 1, limit = Number.POSITIVE_INFINITY } = options;
    const from = SORT_KEYS.event(colonyInstanceId, fromSequence);
    return this.#series.list(SORT_KEYS.events(colonyInstanceId), from, limit);
  }
}
