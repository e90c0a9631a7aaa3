import { beforeEach, describe, expect, test } from 'vitest';
import { EventHistory } from '../../../../services/coordinator/watching/event-history.ts';
import type { LoggedEvent } from '../../../../services/protocol/colony/colony-event.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { randomEvents } from '../../../../services/world/events/random-schedule.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { startedRecord } from '../fixtures.ts';

const SPEC = { ...DEFAULT_WORLD_SPEC, seed: 20, randomEvents: true };
const CALM = { ...SPEC, randomEvents: false };

/** Counts what is read of it. */
class CountingLog extends MemoryEventLog {
  read = 0;

  override async list(...args: Parameters<MemoryEventLog['list']>) {
    const entries = await super.list(...args);
    this.read += entries.length;
    return entries;
  }
}

describe('the history of events', () => {
  let log: CountingLog;
  let history: EventHistory;
  const list = (
    change: Partial<ColonyRecord>,
    { spec = SPEC, from = 0 as number | undefined, limit = 1_000 } = {},
  ) => {
    const record = { ...startedRecord(), colonyInstanceId: 'instance-1', ...change };
    return history.list({ ...record, colonyInstanceId: record.colonyInstanceId ?? '' }, spec, {
      from,
      limit,
      now: record.horizon,
    });
  };
  const append = async (...sequences: number[]) => {
    for (const sequence of sequences) await log.append('instance-1', eventOfSequence(sequence));
  };

  beforeEach(() => {
    log = new CountingLog();
    history = new EventHistory(log);
  });

  test('has the random events below the horizon, if the world has any', async () => {
    const [first, second] = randomEvents(SPEC);
    const tick = first?.tick ?? 0;
    expect(await list({ horizon: tick })).toEqual([]);
    expect(await list({ horizon: tick + 1 })).toEqual([
      { tick, sequence: null, origin: 'random', ...first?.event },
    ]);
    expect(await list({ horizon: (second?.tick ?? 0) + 1 })).toHaveLength(2);
    // A standby's picture may be older.
    expect(await list({ horizon: tick })).toEqual([]);
    expect(
      await new EventHistory(log).list(
        { ...startedRecord(), colonyInstanceId: 'instance-1', horizon: 50_000 },
        CALM,
        { from: 0, limit: 10, now: 0 },
      ),
    ).toEqual([]);
  });

  test('answers at once where nothing is, however far that is', async () => {
    const from = Number.MAX_SAFE_INTEGER;
    expect(await list({ horizon: 5_000 }, { from })).toEqual([]);
  });

  test('reads of the log only what it has not read yet', async () => {
    await append(1, 2, 3);
    expect(await list({ eventHead: 2, eventSeq: 2 }, { spec: CALM })).toHaveLength(2);
    expect(await list({ eventHead: 3, eventSeq: 3 }, { spec: CALM })).toHaveLength(3);
    expect(await list({ eventHead: 3, eventSeq: 3 }, { spec: CALM })).toHaveLength(3);
    expect(log.read).toBe(3);
  });

  test('reads nothing twice when many ask at once', async () => {
    await append(1, 2, 3);
    const asked = Array.from({ length: 5 }, () => list({ eventHead: 3 }, { spec: CALM }));
    for (const listed of await Promise.all(asked)) {
      expect(listed.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    }
  });

  test('has what is pending, and has it once when it is logged', async () => {
    await append(1);
    const pendingEvents = [eventOfSequence(1), eventOfSequence(2)];
    const sequences = async (change: Partial<ColonyRecord>) =>
      (await list(change, { spec: CALM })).map(({ sequence }) => sequence);
    expect(await sequences({ eventHead: 0, pendingEvents })).toEqual([1, 2]);
    expect(await sequences({ eventHead: 1, pendingEvents })).toEqual([1, 2]);
    await append(2);
    expect(await sequences({ eventHead: 2, pendingEvents: [] })).toEqual([1, 2]);
  });

  test('is that of the instance that is there now', async () => {
    await append(1);
    expect(await list({ eventHead: 1 }, { spec: CALM })).toHaveLength(1);
    expect(await list({ colonyInstanceId: 'instance-2', eventHead: 0 }, { spec: CALM })).toEqual(
      [],
    );
  });

  describe('knows the rules in force', () => {
    const change: LoggedEvent = {
      ...eventOfSequence(1),
      tick: 5,
      event: { kind: 'ruleChange', rule: 'killChance', percent: 20 },
    };
    const cancellation: LoggedEvent = {
      ...eventOfSequence(2),
      tick: 5,
      event: { kind: 'cancellation', cancels: 1 },
    };
    const killChanceAt = async (tick: number, record: Partial<ColonyRecord>) => {
      const now = { ...startedRecord(), ...record, colonyInstanceId: 'instance-1' };
      return (await history.rulesAt(now, CALM, tick)).killChance;
    };
    const before = CALM.rules.killChance;

    test('by an event that is still pending in the record, and goes on by it', async () => {
      await log.append('instance-1', change);
      const pending = { eventSeq: 1, pendingEvents: [change] };
      expect(await killChanceAt(5, pending)).toBe(before);
      expect(await killChanceAt(6, pending)).toBe(before + 1);
      expect(await killChanceAt(9, { eventSeq: 1, eventHead: 1 })).toBe(before + 1);
    });

    test('by a cancellation that is still pending in it', async () => {
      await log.append('instance-1', change);
      const record = { eventSeq: 2, eventHead: 1, pendingEvents: [cancellation] };
      expect(await killChanceAt(8, record)).toBe(before);
      await log.append('instance-1', cancellation);
      expect(await killChanceAt(9, { eventSeq: 2, eventHead: 2 })).toBe(before);
    });
  });
});
