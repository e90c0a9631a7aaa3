import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { BEAT_MS, LEASE_MS, leadershipRig, POLL_MS } from './leadership-fixture.ts';

describe('leadership over a store that fails', () => {
  let clock: ReturnType<typeof leadershipRig>['clock'];
  let store: ReturnType<typeof leadershipRig>['store'];
  let candidate: ReturnType<typeof leadershipRig>['candidate'];
  let end: () => Promise<void>;

  beforeEach(() => {
    ({ clock, store, candidate, end } = leadershipRig());
  });
  afterEach(() => end());

  test('is tried again with a warning while the record cannot be read', async () => {
    store.trouble = 'fails';
    const { leadership, log } = candidate();
    await clock.advance(2 * POLL_MS);
    expect(new Set(log.messages('warn'))).toEqual(
      new Set(['the colony record cannot be read; trying again']),
    );
    expect(log.lines[0]?.fields['err']).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    store.trouble = 'none';
    await clock.advance(POLL_MS);
    expect(leadership.term?.epoch).toBe(1);
  });

  test('survives beats that fail within its lease, with warnings', async () => {
    const { leadership, log } = candidate();
    await clock.advance(0);
    store.trouble = 'fails';
    await clock.advance(BEAT_MS + POLL_MS);
    expect(log.messages('warn')).toContain('a beat failed; trying again');
    const failed = log.lines.find(({ message }) => message.startsWith('a beat failed'));
    expect(failed?.fields['err']).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(failed?.fields['remainingMs']).toBeGreaterThan(0);
    store.trouble = 'none';
    await clock.advance(LEASE_MS);
    expect(leadership.term?.epoch).toBe(1);
  });

  test('that cannot be resigned is left to the lease', async () => {
    const { stop, log } = candidate();
    await clock.advance(0);
    store.resign = async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    stop.abort();
    await clock.advance(0);
    expect(log.lines.at(-1)).toMatchObject({
      message: 'the lead could not be resigned: the next leader waits for a lease',
      fields: { err: { code: 'STORE_UNAVAILABLE' } },
    });
  });

  test('ends a lease after the last beat was sent, even when the store hangs', async () => {
    const { leadership, duties } = candidate();
    await clock.advance(5_000);
    const sentMs = store.beatsMs.at(-1)!;
    store.trouble = 'hangs';
    await clock.advance(sentMs + LEASE_MS - 1 - clock.nowMs());
    expect(leadership.term).toBeDefined();
    await clock.advance(1);
    expect(leadership.term).toBeUndefined();
    expect(duties.terms[0]?.signal.aborted).toBe(true);
  });

  test('survives a store that is away for less than a lease', async () => {
    const { leadership } = candidate();
    await clock.advance(10);
    store.trouble = 'fails';
    await clock.advance(LEASE_MS - 2_000);
    store.trouble = 'none';
    await clock.advance(60_000);
    expect(leadership.term?.epoch).toBe(1);
  });

  test('tries a failed beat again soon, but not in a hot loop', async () => {
    candidate();
    await clock.advance(10);
    store.trouble = 'fails';
    const before = store.beatsMs.length;
    await clock.advance(5_000);
    const tries = store.beatsMs.length - before;
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(40);
  });

  test('waits calmly for a record that cannot be read', async () => {
    store.trouble = 'fails';
    const { leadership, log } = candidate();
    await clock.advance(2_000);
    expect(leadership.term).toBeUndefined();
    expect(log.messages('warn').length).toBeLessThanOrEqual(2_000 / POLL_MS + 1);
    store.trouble = 'none';
    await clock.advance(POLL_MS);
    expect(leadership.term?.epoch).toBe(1);
  });
});
