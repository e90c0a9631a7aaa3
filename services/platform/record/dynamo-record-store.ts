import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { LoggedEvent } from '../../protocol/colony/colony-event.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { SORT_KEYS, TABLE_KEYS } from '../../protocol/common/names.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  colonyRecordSchema,
  type LastFailure,
  type Leader,
} from '../../protocol/record/colony-record.ts';
import type {
  Claim,
  Reservation,
  RunChange,
  Term,
} from '../../protocol/record/record-transitions.ts';
import * as rules from '../../protocol/record/record-transitions.ts';
import { plainItem } from '../aws/attribute-values.ts';
import { storeUnavailable } from '../aws/dynamo-client.ts';
import type { ColonyRecordStore, WriteResult } from './colony-record-store.ts';
import { type ConditionalUpdate, updateInput } from './dynamo-update.ts';
import * as updates from './record-updates.ts';

/** How often a write is tried whose refusal a read could not confirm. */
const ATTEMPTS_MAX = 5;

/** One write: as an update of the item, and as the rule that it expresses. */
interface Write {
  update: ConditionalUpdate;
  transition: (r: ColonyRecord) => ColonyRecord | undefined;
  inEffect?: (r: ColonyRecord) => boolean;
}

/**
 * The record as the item {pk: colonyName, sk: 'record'}. Each write is ONE UpdateItem with a
 * condition; the server carries them out one after the other, so that of any race one wins:
 *
 *     coordinator A                     item                         coordinator B
 *     claim K1 ───────────────────────▶ NotInitialized
 *                                       Initializing K1, gen 7 ◀──── claim K2
 *     ok, gen 7 ◀──────────────────────                       ─────▶ refused, with the item:
 *                                                                    "K1 is being started"
 *     claim K1 again (answer lost) ───▶ refused, with the item:
 *                                       its claimId ⇒ ok, gen 7
 *
 * A server that does not bring the item with the refusal (dynalite) is read, and the read may come
 * later than other writes:
 *
 *     A                                 item                         B
 *     claim K1 ───────────────────────▶ Initializing K2 (refused)
 *                                       NotInitialized        ◀───── fail K2
 *     read: a claim would go through
 *     claim K1 again ─────────────────▶ Initializing K1
 *
 * So a refusal counts only once it is confirmed by an item whose rule refuses too; otherwise the
 * write is tried again, a bounded number of times.
 */
export class DynamoRecordStore implements ColonyRecordStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #key: Record<string, string>;

  constructor(client: DynamoDBClient, tableName: string, colonyName: string) {
    this.#client = DynamoDBDocumentClient.from(client);
    this.#tableName = tableName;
    this.#key = {
      [TABLE_KEYS.partition]: colonyName,
      [TABLE_KEYS.sort]: SORT_KEYS.record,
    };
  }

  async read(): Promise<ColonyRecord> {
    const input = { TableName: this.#tableName, Key: this.#key, ConsistentRead: true };
    try {
      const { Item } = await this.#client.send(new GetCommand(input));
      return Item === undefined ? structuredClone(ABSENT_RECORD) : parseItem(Item);
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  async claim(claim: Claim): Promise<WriteResult> {
    return this.#write({
      update: updates.claimUpdate(claim),
      transition: (r) => rules.claimed(r, claim),
      inEffect: (r) => rules.claimInEffect(r, claim),
    });
  }

  complete(term: Term, horizon: number): Promise<WriteResult> {
    return this.#write({
      update: updates.completeUpdate(term, horizon),
      transition: (r) => rules.completed(r, term, horizon),
      inEffect: (r) => rules.completeInEffect(r, term),
    });
  }

  fail(term: Term, failure: LastFailure): Promise<WriteResult> {
    return this.#write({
      update: updates.failUpdate(term, failure),
      transition: (r) => rules.failed(r, term, failure),
      inEffect: (r) => rules.failInEffect(r, term),
    });
  }

  async stop(seen: ColonyRecord): Promise<WriteResult> {
    return this.#write({
      update: updates.stopUpdate(seen),
      transition: (r) => rules.stopped(r, seen),
      inEffect: (r) => rules.stopInEffect(r, seen),
    });
  }

  takeLeadership(
    seen: Leader | undefined,
    me: { id: string; address: string },
  ): Promise<WriteResult> {
    return this.#write({
      update: updates.leadUpdate(seen, me),
      transition: (r) => rules.ledAnew(r, seen, me),
      inEffect: (r) => rules.leadInEffect(r, seen, me),
    });
  }

  async resign(leader: { id: string; epoch: number }): Promise<WriteResult> {
    return this.#write({
      update: updates.resignUpdate(leader),
      transition: (r) => rules.resigned(r, leader),
    });
  }

  /** With a reservation first; if that does not fit (any more), the beat alone. */
  async beat(leader: { id: string; epoch: number }, reserve?: Reservation): Promise<WriteResult> {
    if (reserve !== undefined) {
      const reserved = await this.#write({
        update: updates.beatUpdate(leader, reserve),
        transition: (r) => (rules.reserves(r, reserve) ? rules.beaten(r, leader) : undefined),
      });
      if (reserved.ok || !rules.isLedBy(reserved.record, leader)) return reserved;
    }
    return this.#write({
      update: updates.beatUpdate(leader),
      transition: (r) => rules.beaten(r, leader),
    });
  }

  setTopology(term: Term, topologyRef: string, topologyVersion: number): Promise<WriteResult> {
    return this.#write({
      update: updates.topologyUpdate(term, topologyRef, topologyVersion),
      transition: (r) => rules.pointed(r, term, topologyRef, topologyVersion),
      inEffect: (r) => rules.pointInEffect(r, term, topologyRef, topologyVersion),
    });
  }

  /** With the horizon where that raises it; since it never falls, one that does not never will. */
  async setRun(term: Term, change: RunChange): Promise<WriteResult> {
    const { horizon, ...rest } = change;
    if (horizon !== undefined) {
      const raises = (r: ColonyRecord) => r.horizon < horizon;
      const raised = await this.#write({
        update: updates.runUpdate(term, change),
        transition: (r) => (raises(r) ? rules.runChanged(r, term, change) : undefined),
      });
      if (raised.ok || rules.runChanged(raised.record, term, rest) === undefined) return raised;
    }
    return this.#write({
      update: updates.runUpdate(term, rest),
      transition: (r) => rules.runChanged(r, term, rest),
    });
  }

  async inject(term: Term, seen: ColonyRecord, entry: LoggedEvent): Promise<WriteResult> {
    return this.#write({
      update: updates.injectUpdate(term, seen, entry),
      transition: (r) => rules.injected(r, term, seen, entry),
      inEffect: (r) => rules.injectInEffect(r, term, entry),
    });
  }

  async eventsLogged(
    term: Term,
    seen: ColonyRecord,
    throughSequence: number,
  ): Promise<WriteResult> {
    return this.#write({
      update: updates.loggedUpdate(term, seen, throughSequence),
      transition: (r) => rules.eventsLogged(r, term, seen, throughSequence),
      inEffect: (r) => rules.loggedInEffect(r, term, throughSequence),
    });
  }

  async #write({ update, transition, inEffect = () => false }: Write): Promise<WriteResult> {
    const input = updateInput(this.#tableName, this.#key, update);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        const { Attributes } = await this.#client.send(new UpdateCommand(input));
        return { ok: true, record: parseItem(Attributes ?? {}) };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw storeUnavailable(error);
        const record =
          error.Item === undefined ? await this.read() : parseItem(plainItem(error.Item));
        if (inEffect(record)) return { ok: true, record };
        if (error.Item !== undefined || transition(record) === undefined) {
          return { ok: false, record };
        }
      }
    }
    throw new ColonyError(
      'STORE_UNAVAILABLE',
      `the record changed under each of ${ATTEMPTS_MAX} attempts to write it`,
    );
  }
}

/** Nothing in a broken item is guessed: the first field that does not fit is named. */
function parseItem(item: Record<string, unknown>): ColonyRecord {
  const { [TABLE_KEYS.partition]: _pk, [TABLE_KEYS.sort]: _sk, ...fields } = item;
  const parsed = colonyRecordSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ColonyError(
    'STORE_UNAVAILABLE',
    `the stored colony record is broken: ${issue?.path.join('.') || 'item'}: ${issue?.message}`,
  );
}
