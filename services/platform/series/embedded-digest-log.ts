import { type DigestEntry, digestEntrySchema } from '../../protocol/colony/sampling.ts';
import { SORT_KEYS } from '../../protocol/common/names.ts';
import type { StoreClient } from '../store/store-client.ts';
import type { DigestLog } from './digest-log.ts';
import { EmbeddedSeries } from './embedded-series.ts';

/** Digests as texts of the embedded store. */
export class EmbeddedDigestLog implements DigestLog {
  readonly #series: EmbeddedSeries<DigestEntry>;

  constructor(client: StoreClient) {
    this.#series = new EmbeddedSeries(client, digestEntrySchema, 'digest');
  }

  append(colonyInstanceId: string, { tick, digest }: DigestEntry): Promise<DigestEntry> {
    return this.#series.append(SORT_KEYS.digest(colonyInstanceId, tick), { tick, digest });
  }

  list(
    colonyInstanceId: string,
    { fromTick = 0, limit = Number.POSITIVE_INFINITY }: { fromTick?: number; limit?: number } = {},
  ): Promise<DigestEntry[]> {
    const sortKeyOf = ({ tick }: { tick: number }) => SORT_KEYS.digest(colonyInstanceId, tick);
    const from = sortKeyOf({ tick: fromTick });
    return this.#series.list(SORT_KEYS.digests(colonyInstanceId), from, sortKeyOf, limit);
  }

  last(colonyInstanceId: string): Promise<DigestEntry | undefined> {
    return this.#series.last(SORT_KEYS.digests(colonyInstanceId));
  }
}
