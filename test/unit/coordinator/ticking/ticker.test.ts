import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScopeEnded } from '../../../../services/coordinator/term/colony-scope.ts';
import { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { hex, sampleOf, startedRecord } from '../fixtures.ts';
import { HEARTBEAT_MS, TickerRig } from './ticker-fixture.ts';

let rig: TickerRig;
beforeEach(() => {
  rig = new TickerRig();
});
afterEach(() => rig.end());

describe('the ticker', () => {
  test('starts ticking on every backend once, at the same time', async () => {
    rig.run();
    await rig.clock.advance(5_000);
    const starts = rig.callsOf('startTicking');
    expect(starts.map(({ bootId }) => bootId)).toEqual(['boot-0', 'boot-1', 'boot-2']);
    expect(new Set(starts.map(({ atMs }) => atMs))).toEqual(new Set([0]));
  });

  test('beats to every backend at its interval, with horizon, pace and what is stored', async () => {
    rig.run();
    await rig.clock.advance(10 * HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 1)).toHaveLength(11);
    expect(rig.callsOf('heartbeat', 1)[0]?.request).toEqual({
      horizon: 60,
      grantNumber: 2,
      ticksPerSecond: 60,
      durableThroughTick: -1,
      events: [],
      eventSeq: 0,
    });
  });

  test('grants further as the foremost backend gets on', async () => {
    rig.run();
    await rig.clock.advance(HEARTBEAT_MS);
    rig.backends[2]?.at(40);
    await rig.clock.advance(2 * HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ horizon: 100 });
  });

  test('hands over events that a backend lacks, again only until it has them', async () => {
    rig.run();
    for (const sequence of [1, 2]) rig.book.add(eventOfSequence(sequence));
    rig.record({ eventHead: 2, eventSeq: 2 });
    await rig.clock.advance(HEARTBEAT_MS);
    const sent = () => rig.callsOf('heartbeat', 0).at(-1)?.request as { events: object[] };
    expect(sent()).toMatchObject({ eventSeq: 2, events: [{ sequence: 1 }, { sequence: 2 }] });
    const { colony } = rig.backends[0]!.status;
    rig.backends[0]!.status = { ...rig.backends[0]!.status, colony: { ...colony!, eventSeq: 2 } };
    await rig.clock.advance(2 * HEARTBEAT_MS);
    expect(sent()).toMatchObject({ eventSeq: 2, events: [] });
  });

  test('beats sooner to a backend that lacks events', async () => {
    rig.run();
    rig.book.add(eventOfSequence(1));
    await rig.clock.advance(4 * HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0).length).toBeGreaterThan(20);
  });

  test('beats sooner, once, to backends that are beyond what was granted before they had answered', async () => {
    for (const backend of rig.backends) backend.at(500);
    rig.run();
    await rig.clock.advance(HEARTBEAT_MS);
    const sent = rig
      .callsOf('heartbeat', 0)
      .map(({ atMs, request: { horizon } }) => [atMs, horizon]);
    expect(sent.slice(0, 2)).toEqual([
      [0, 60],
      [HEARTBEAT_MS / 10, 560],
    ]);
    await rig.clock.advance(HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0)).toHaveLength(3);
  });

  test('lets no backend run beyond an event that is not in the log yet', async () => {
    rig.run();
    rig.record({ eventSeq: 1, pendingEvents: [eventOfSequence(1, 33)] });
    await rig.clock.advance(HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ horizon: 33, eventSeq: 0 });
  });

  test('shows the least tick of all, once all have answered', async () => {
    rig.run();
    expect(rig.ticker.tick).toBeUndefined();
    rig.backends[0]?.at(7);
    rig.backends[1]?.at(5);
    rig.backends[2]?.at(6);
    await rig.clock.advance(HEARTBEAT_MS);
    expect([rig.ticker.tick, rig.ticker.maxTick]).toEqual([5, 7]);
  });

  test('stores digests that cover all shards and confirms them', async () => {
    for (const [index, backend] of rig.backends.entries()) {
      backend.samples = [sampleOf(0, [3, 3, 2][index]!, 1)];
    }
    rig.run();
    await rig.clock.advance(2 * HEARTBEAT_MS);
    expect(await rig.digests.list('instance-1')).toEqual([{ tick: 0, digest: hex(3) }]);
    expect(rig.callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ durableThroughTick: 0 });
  });

  test('beats sooner to a backend that fills its buffer', async () => {
    rig.backends[0]!.samples = Array.from({ length: 60 }, (_, i) => sampleOf(i * 20, 3));
    rig.run();
    await rig.clock.advance(4 * HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0).length).toBeGreaterThan(
      4 * rig.callsOf('heartbeat', 1).length,
    );
  });

  test('reports two digests of one tick that differ', async () => {
    await rig.digests.append('instance-1', { tick: 0, digest: hex(99) });
    rig.backends[0]!.samples = [sampleOf(0, 8, 1)];
    rig.run();
    await rig.clock.advance(HEARTBEAT_MS);
    expect(rig.violations).toEqual([{ tick: 0, stored: hex(99), measured: hex(1) }]);
  });

  test('replays as fast as possible what was reached before, then keeps the pace', async () => {
    rig.run({ replayUntil: 50 });
    await rig.clock.advance(HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ ticksPerSecond: null });
    for (const backend of rig.backends) backend.at(50);
    await rig.clock.advance(2 * HEARTBEAT_MS);
    expect(rig.callsOf('heartbeat', 0).at(-1)?.request).toMatchObject({ ticksPerSecond: 60 });
  });

  describe('the shown rate', () => {
    /** All backends tick on at this rate for a while. */
    async function tickFor(durationMs: number, ticksPerSecond: number): Promise<void> {
      for (let ms = 0; ms < durationMs; ms += HEARTBEAT_MS) {
        const tick = (rig.ticker.tick ?? 0) + (ticksPerSecond * HEARTBEAT_MS) / 1_000;
        for (const backend of rig.backends) backend.at(tick);
        await rig.clock.advance(HEARTBEAT_MS);
      }
    }

    beforeEach(async () => {
      rig.run();
      await tickFor(6_000, 40);
    });

    test('is 0 as soon as a paused colony stands', async () => {
      expect(rig.ticker.achievedTicksPerSecond).toBe(40);
      const { tick } = rig.ticker;
      rig.record({ paused: true, runUntil: tick! + 10 });
      expect(rig.ticker.achievedTicksPerSecond).toBe(40);
      await tickFor(HEARTBEAT_MS, 40);
      expect(rig.ticker.achievedTicksPerSecond).toBe(0);
    });

    test('is that of the time since when it runs on', async () => {
      rig.record({ paused: true, runUntil: rig.ticker.tick! });
      await tickFor(3_000, 0);
      rig.record({ paused: false, revision: 12 });
      await tickFor(1_000, 40);
      expect(rig.ticker.achievedTicksPerSecond).toBe(40);
    });
  });

  test('tells of no replay while it is not known where backends are that go on', async () => {
    rig.run({ replayUntil: 50 });
    expect(rig.ticker.tick).toBeUndefined();
    expect(rig.ticker.replay).toBeUndefined();
    await rig.clock.advance(HEARTBEAT_MS);
    expect(rig.ticker.replay).toMatchObject({ toTick: 50 });
  });

  test('plans by the asked pace while it replays: what comes after goes at that pace', async () => {
    rig.run({ replayUntil: 5_000 });
    for (let tick = 0; tick <= 4_000; tick += 1_000) {
      for (const backend of rig.backends) backend.at(tick);
      await rig.clock.advance(HEARTBEAT_MS);
    }
    expect(rig.ticker.replaying).toBe(true);
    expect(rig.ticker.achievedTicksPerSecond).toBeGreaterThan(1_000);
    expect(rig.ticker.progress).toMatchObject({ maxTick: 4_000, ticksPerSecond: 60 });
  });

  describe('before the context is initialised', () => {
    test('skips, with a debug line and nothing louder, and asks no backend', async () => {
      const early = new CoordinatorContext(rig.log);
      rig.run({ context: early });
      await rig.clock.advance(4 * HEARTBEAT_MS);
      expect(rig.calls).toEqual([]);
      expect(new Set(rig.log.lines.map(({ level }) => level))).toEqual(new Set(['debug']));
      expect(early.isInitialized()).toBe(false);
    });

    test('begins as soon as it is', async () => {
      const early = new CoordinatorContext(rig.log);
      rig.run({ context: early });
      await rig.clock.advance(HEARTBEAT_MS);
      early.initializeWithStoredInfo(startedRecord());
      await rig.clock.advance(HEARTBEAT_MS);
      expect(rig.callsOf('startTicking')).toHaveLength(3);
    });
  });

  test('ends with the work, saying why, and beats no more', async () => {
    rig.run();
    await rig.clock.advance(1_000);
    rig.context.initializeWithStoredInfo(startedRecord({ revision: 99, status: 'NotInitialized' }));
    rig.scope.recordChanged();
    await rig.clock.advance(0);
    expect(rig.outcome.error).toBeInstanceOf(ScopeEnded);
    const before = rig.calls.length;
    await rig.clock.advance(10_000);
    expect(rig.calls).toHaveLength(before);
  });
});
