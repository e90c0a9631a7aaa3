import { beforeEach, describe, expect, test } from 'vitest';
import { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { FreshRecord } from '../../../../services/coordinator/term/fresh-record.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { contextOf, recordOf, startedRecord } from '../fixtures.ts';

const STARTED = startedRecord({ revision: 10 });
const STOPPED = recordOf({ revision: 11, generation: 1 });

let clock: VirtualClock;
/** The reads under way, oldest first. */
let reads: { answer: (record: ColonyRecord) => void; fail: (error: Error) => void }[];
let news: number;

const freshOf = (context = contextOf(STARTED)) =>
  new FreshRecord({
    store: {
      read: () => new Promise((answer, fail) => void reads.push({ answer, fail })),
    },
    context,
    clock,
    onNews: () => news++,
  });

beforeEach(() => {
  clock = new VirtualClock();
  reads = [];
  news = 0;
});

describe('a look at the record', () => {
  test('answers what was read after the question, not what a read under way may have missed', async () => {
    const fresh = freshOf();
    const first = fresh.read();
    const second = fresh.read();
    reads[0]?.answer(STARTED);
    expect(await first).toEqual(STARTED);
    await clock.advance(0);
    reads[1]?.answer(STOPPED);
    expect(await second).toEqual(STOPPED);
  });

  test('is shared by all who ask while another is under way', async () => {
    const fresh = freshOf();
    const all = Array.from({ length: 20 }, () => fresh.read());
    reads[0]?.answer(STARTED);
    await clock.advance(0);
    reads[1]?.answer(STOPPED);
    const seen = (await Promise.all(all)).map(({ revision }) => revision);
    expect(seen).toEqual([10, ...new Array(19).fill(11)]);
    expect(reads).toHaveLength(2);
  });

  test('that hangs does not keep the next from being tried', async () => {
    const fresh = freshOf();
    void fresh.read();
    const second = fresh.read();
    await clock.advance(1_000);
    reads[1]?.answer(STOPPED);
    expect(await second).toEqual(STOPPED);
  });

  test('never answers less than this process has written meanwhile', async () => {
    const context = contextOf(STARTED);
    const fresh = freshOf(context);
    const reading = fresh.read();
    context.initializeWithStoredInfo(STOPPED);
    reads[0]?.answer(STARTED);
    expect(await reading).toEqual(STOPPED);
  });

  test('says whether it showed something new', async () => {
    const fresh = freshOf();
    const same = fresh.read();
    reads[0]?.answer(STARTED);
    await same;
    expect(news).toBe(0);
    const newer = fresh.read();
    reads[1]?.answer(STOPPED);
    await newer;
    expect(news).toBe(1);
  });
});

describe('while the store is away', () => {
  test('what is known is the answer, at once where the read fails', async () => {
    const answer = freshOf().readOrKnown();
    reads[0]?.fail(new Error('away'));
    expect(await answer).toEqual({ record: STARTED, isFresh: false });
  });

  test('and after a second where it hangs', async () => {
    const answer = freshOf().readOrKnown();
    await clock.advance(1_000);
    expect(await answer).toEqual({ record: STARTED, isFresh: false });
  });

  test('a coordinator that never read the record has no answer', async () => {
    const answer = freshOf(new CoordinatorContext(new MemoryLog())).readOrKnown();
    reads[0]?.fail(new Error('away'));
    await expect(answer).rejects.toThrow('away');
  });
});
