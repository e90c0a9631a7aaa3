import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimOf, OTHER, started } from '../../../support/colony-records.ts';
import { SELF } from '../fixtures.ts';
import { BEAT_MS, LEASE_MS, leadershipRig, POLL_MS } from './leadership-fixture.ts';

describe('leadership', () => {
  let clock: ReturnType<typeof leadershipRig>['clock'];
  let store: ReturnType<typeof leadershipRig>['store'];
  let candidate: ReturnType<typeof leadershipRig>['candidate'];
  let end: () => Promise<void>;

  beforeEach(() => {
    ({ clock, store, candidate, end } = leadershipRig());
  });
  afterEach(() => end());

  test('is taken at once when no coordinator leads', async () => {
    const { leadership } = candidate();
    await clock.advance(0);
    expect(leadership.term).toMatchObject({ leaderId: SELF.id, epoch: 1 });
    expect((await store.read()).leader).toMatchObject(SELF);
  });

  test('is told in the log when it is taken, lost and resigned', async () => {
    const { stop, log } = candidate();
    await clock.advance(0);
    await store.takeLeadership((await store.read()).leader, OTHER);
    await clock.advance(BEAT_MS);
    expect(
      log.lines.map(({ level, message, fields }) => [level, message, fields['epoch']]),
    ).toEqual([
      ['info', 'this coordinator leads', 1],
      ['warn', 'the lead is lost', 1],
    ]);
    await store.resign({ id: OTHER.id, epoch: 2 });
    await clock.advance(POLL_MS);
    stop.abort();
    await clock.advance(0);
    expect(log.lines.slice(2).map(({ message, fields }) => [message, fields['epoch']])).toEqual([
      ['this coordinator leads', 3],
      ['the lead is resigned', 3],
    ]);
  });

  test('is kept by beats while another candidate looks on', async () => {
    const first = candidate();
    await clock.advance(10);
    const second = candidate(OTHER);
    await clock.advance(120_000);
    expect(first.leadership.term?.epoch).toBe(1);
    expect(second.duties.terms).toEqual([]);
  });

  test('is taken over from a silent leader after a lease, and not before', async () => {
    await store.takeLeadership(undefined, SELF);
    const { leadership } = candidate(OTHER);
    const firstLookMs = clock.nowMs();
    await clock.advance(firstLookMs + LEASE_MS - 1 - clock.nowMs());
    expect(leadership.term).toBeUndefined();
    await clock.advance(1 + 2 * POLL_MS);
    expect(leadership.term?.epoch).toBe(2);
  });

  test('is taken at the next look from a leader that stopped cleanly', async () => {
    const first = candidate();
    await clock.advance(10);
    const { leadership } = candidate(OTHER);
    await clock.advance(1_000);
    first.stop.abort();
    await clock.advance(2 * POLL_MS);
    expect(leadership.term?.epoch).toBe(2);
  });

  test('is given up at once when a beat is refused', async () => {
    const { leadership, duties } = candidate(SELF, 60_000);
    await clock.advance(10);
    await store.takeLeadership((await store.read()).leader, OTHER);
    await clock.advance(BEAT_MS);
    expect(duties.terms[0]?.signal.aborted).toBe(true);
    expect(leadership.term).toBeUndefined();
  });

  test('is given up when a poll shows another leader', async () => {
    const { duties } = candidate();
    await clock.advance(10);
    await store.takeLeadership((await store.read()).leader, OTHER);
    await clock.advance(POLL_MS);
    expect(duties.terms[0]?.signal.aborted).toBe(true);
  });

  test('is taken again at once from its own former term', async () => {
    const { leadership } = candidate();
    await clock.advance(10);
    store.trouble = 'fails';
    await clock.advance(LEASE_MS + 1_000);
    expect(leadership.term).toBeUndefined();
    store.trouble = 'none';
    await clock.advance(2 * POLL_MS);
    expect(leadership.term?.epoch).toBe(2);
  });

  test('notices a claim made elsewhere by the next poll', async () => {
    const { context, duties } = candidate();
    await clock.advance(10);
    await store.claim(claimOf('K1'));
    const changes = duties.recordChanges;
    await clock.advance(POLL_MS);
    expect(context.storedInfo().status).toBe('Initializing');
    expect(duties.recordChanges).toBeGreaterThan(changes);
  });

  test('tells its work of a claim that somebody else took into the context first', async () => {
    const { context, duties } = candidate();
    await clock.advance(10);
    const { record } = await store.claim(claimOf('K1'));
    context.initializeWithStoredInfo(record);
    const changes = duties.recordChanges;
    await clock.advance(POLL_MS);
    expect(duties.recordChanges).toBeGreaterThan(changes);
  });

  test('looks at the record at once when it is nudged', async () => {
    const { leadership, context } = candidate(SELF, 60_000);
    await clock.advance(10);
    await store.claim(claimOf('K1'));
    leadership.nudge();
    await clock.advance(0);
    expect(context.storedInfo().status).toBe('Initializing');
  });

  test('reserves the horizon with its beats', async () => {
    const { duties } = candidate();
    await clock.advance(10);
    await started(store);
    duties.reserved = { generation: 1, horizon: 700, urgent: false };
    await clock.advance(BEAT_MS);
    expect((await store.read()).horizon).toBe(700);
  });

  test('an urgent reservation brings the beat forward', async () => {
    const { duties } = candidate();
    await clock.advance(10);
    await started(store);
    duties.reserved = { generation: 1, horizon: 700, urgent: true };
    await clock.advance(2 * POLL_MS);
    expect((await store.read()).horizon).toBe(700);
    expect(clock.nowMs()).toBeLessThan(BEAT_MS);
  });

  test('reservations that stay urgent do not bring more than five beats a second', async () => {
    const { duties } = candidate(SELF, 10);
    await clock.advance(10);
    duties.reserved = { generation: 1, horizon: 700, urgent: true };
    const before = store.beatsMs.length;
    await clock.advance(2_000);
    expect(store.beatsMs.length - before).toBeLessThanOrEqual(10);
  });

  test('ends with the signal, and says nothing of a loss', async () => {
    const { leadership, duties, stop, log } = candidate();
    await clock.advance(10);
    stop.abort();
    await clock.advance(0);
    expect(leadership.term).toBeUndefined();
    expect(duties.terms[0]?.signal.aborted).toBe(true);
    expect(log.messages('warn')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is resigned by one that stops, and taken at once by another', async () => {
    const first = candidate();
    await clock.advance(10);
    const second = candidate(OTHER);
    await clock.advance(10);
    first.stop.abort();
    await clock.advance(2 * POLL_MS);
    expect(second.leadership.term?.epoch).toBe(2);
  });

  test('is not resigned before what was under way in it has ended', async () => {
    const { duties, stop } = candidate();
    let end = () => {};
    duties.run = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    await clock.advance(10);
    stop.abort();
    await clock.advance(1_000);
    expect((await store.read()).leader?.resigned).toBeFalsy();
    end();
    await clock.advance(0);
    expect((await store.read()).leader?.resigned).toBe(true);
  });

  test('that is taken just when its holder is told to stop ends at once', async () => {
    const { takeLeadership } = store;
    store.takeLeadership = async (...args) => {
      stop.abort();
      return takeLeadership.apply(store, args);
    };
    const { duties, stop } = candidate();
    await clock.advance(60_000);
    expect(duties.terms[0]?.signal.aborted).toBe(true);
    expect((await store.read()).leader?.resigned).toBe(true);
  });
});
