import { type LoggedEvent, loggedEventSchema } from '../../protocol/colony/colony-event.ts';
import { SORT_KEYS } from '../../protocol/common/names.ts';
import type { StoreClient } from '../store/store-client.ts';
import { EmbeddedSeries } from './embedded-series.ts';
import type { EventLog } from './event-log.ts';

/** Injected events as texts of the embedded store. */
export class EmbeddedEventLog implements EventLog {
  readonly #series: EmbeddedSeries<LoggedEvent>;

  constructor(client: StoreClient) {
    this.#series = new EmbeddedSeries(client, loggedEventSchema, 'event');
  }

  append(colonyInstanceId: string, entry: LoggedEvent): Promise<LoggedEvent> {
    return this.#series.append(SORT_KEYS.event(colonyInstanceId, entry.sequence), entry);
  }

  list(
    colonyInstanceId: string,
    options: { fromSequence?: number; limit?: number } = {},
  ): Promise<LoggedEvent[]> {
    const { fromSequence = 1, limit = Number.POSITIVE_INFINITY } = options;
    const sortKeyOf = ({ sequence }: { sequence: number }) =>
      SORT_KEYS.event(colonyInstanceId, sequence);
    const from = sortKeyOf({ sequence: fromSequence });
    return this.#series.list(SORT_KEYS.events(colonyInstanceId), from, sortKeyOf, limit);
  }
}
