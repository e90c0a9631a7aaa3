import { parseJson } from '../../protocol/common/json.ts';
import { SORT_KEYS } from '../../protocol/common/names.ts';
import { ABSENT_RECORD, type ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { StoreClient } from '../store/store-client.ts';
import type { RecordStore, WriteResult } from './record-store.ts';
import { parseStoredRecord } from './stored-record.ts';

/** The record as a text of the embedded store. */
export class EmbeddedRecordStore implements RecordStore {
  readonly #client: StoreClient;

  constructor(client: StoreClient) {
    this.#client = client;
  }

  async read(): Promise<ColonyRecord> {
    return recordOf((await this.#client.call('get', { sortKey: SORT_KEYS.record })).text);
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const { ok, text } = await this.#client.call('replace', {
      seenRevision: seen.revision,
      text: JSON.stringify(next),
    });
    return { ok, record: ok ? next : recordOf(text) };
  }
}

const recordOf = (text: string | undefined): ColonyRecord =>
  text === undefined ? structuredClone(ABSENT_RECORD) : parseStoredRecord(parseJson(text));
