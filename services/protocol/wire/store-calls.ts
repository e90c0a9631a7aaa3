import { z } from 'zod';
import { boundedList } from '../common/bounded-list.ts';
import { COLONY_NAME, SORT_KEYS } from '../common/names.ts';

/**
 * Calls to the embedded store: signed like those of the RPC (rpc-auth.ts), with this in place of the
 * boot id of the target. A store is a table of texts by colony name and sort key (`SORT_KEYS`); each
 * write has a condition, so that a call that comes twice does nothing the second time.
 */
export const STORE_BOOT_ID = 'store';

export const storePath = (call: StoreCallName): string => `/store/${call}`;

/** A text has at most so many bytes of UTF-8. */
export const STORED_TEXT_MAX_BYTES = 8 * 1024 * 1024;
/** A page of a list has at most so many texts. */
export const LIST_MAX = 1000;
/** So many texts are removed at a time. */
export const REMOVALS_MAX = 100;
/** As JSON in JSON a text is larger: each quote and backslash takes a byte more. */
const LARGE_BODY_BYTES = 2 * STORED_TEXT_MAX_BYTES + 64 * 1024;
const SMALL_BODY_BYTES = 64 * 1024;

const colonyName = z.string().regex(COLONY_NAME);
const sortKey = z.string().regex(/^[\x21-\x7e]{1,512}$/);
const text = z.string().max(STORED_TEXT_MAX_BYTES);

export const STORE_CALLS = {
  /** A consistent read. */
  get: {
    request: z.strictObject({ colonyName, sortKey }),
    reply: z.strictObject({ text: text.optional() }),
    maxRequestBytes: SMALL_BODY_BYTES,
    maxReplyBytes: LARGE_BODY_BYTES,
  },
  /** Stores a text where there is none; answers the one that is there then. */
  put: {
    request: z.strictObject({ colonyName, sortKey, text }),
    reply: z.strictObject({ text }),
    maxRequestBytes: LARGE_BODY_BYTES,
    maxReplyBytes: LARGE_BODY_BYTES,
  },
  /**
   * Stores the next colony record if the stored one still has the revision that was seen, 0 for none.
   * Answers what was stored where it has another.
   */
  replace: {
    request: z.strictObject({ colonyName, seenRevision: z.int().min(0), text }),
    reply: z.strictObject({ ok: z.boolean(), text: text.optional() }),
    maxRequestBytes: 4 * SMALL_BODY_BYTES,
    maxReplyBytes: 4 * SMALL_BODY_BYTES,
  },
  /** The texts whose sort key begins so, from one on, by sort key or backwards. */
  list: {
    request: z.strictObject({
      colonyName,
      prefix: sortKey,
      from: sortKey,
      limit: z.int().min(1).max(LIST_MAX),
      reverse: z.boolean(),
    }),
    reply: z.strictObject({ texts: boundedList(text, LIST_MAX) }),
    maxRequestBytes: SMALL_BODY_BYTES,
    maxReplyBytes: LARGE_BODY_BYTES,
  },
  /** Removes texts, but no record; one that is not there is fine. */
  remove: {
    request: z.strictObject({
      colonyName,
      sortKeys: z
        .array(sortKey.refine((key) => key !== SORT_KEYS.record, 'a record is never removed'))
        .min(1)
        .max(REMOVALS_MAX),
    }),
    reply: z.strictObject({}),
    maxRequestBytes: SMALL_BODY_BYTES,
    maxReplyBytes: SMALL_BODY_BYTES,
  },
} as const;

export type StoreCallName = keyof typeof STORE_CALLS;
export type StoreRequest<C extends StoreCallName> = z.output<(typeof STORE_CALLS)[C]['request']>;
export type StoreReply<C extends StoreCallName> = z.output<(typeof STORE_CALLS)[C]['reply']>;
