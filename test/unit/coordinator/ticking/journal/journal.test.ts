import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DigestSink } from '../../../../../services/coordinator/ticking/journal/digest-sink.ts';
import { Journal } from '../../../../../services/coordinator/ticking/journal/journal.ts';
import type {
  Entries,
  JournalSink,
  Violation,
} from '../../../../../services/coordinator/ticking/journal/journal-sink.ts';
import { LatestStatistics } from '../../../../../services/coordinator/ticking/journal/latest-statistics.ts';
import type { DigestEntry, Sample } from '../../../../../services/protocol/colony/sampling.ts';
import { SAMPLES_MAX } from '../../../../../services/protocol/colony/sampling.ts';
import { GENESIS } from '../../../../../services/world/events/origin.ts';
import { MemoryLog } from '../../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../../simulation/seeded-randomness.ts';
import { MemoryDigestLog } from '../../../../simulation/stores/memory-digest-log.ts';
import { VirtualClock } from '../../../../simulation/virtual-clock.ts';
import { hex, sampleOf } from '../../fixtures.ts';

const INSTANCE = 'instance-1';

class TestDigestLog extends MemoryDigestLog {
  isAway = false;
  appends = 0;

  override async append(colonyInstanceId: string, entry: DigestEntry) {
    this.appends++;
    if (this.isAway) throw new Error('it is away');
    return super.append(colonyInstanceId, entry);
  }
}

describe('the journal', () => {
  let clock: VirtualClock;
  let digests: TestDigestLog;
  let stop: AbortController;

  const run = (shards = 2, more: JournalSink[] = [], last?: DigestEntry) => {
    const sink = new DigestSink(digests, INSTANCE, last);
    const statistics = new LatestStatistics();
    const log = new MemoryLog();
    const sinks = [sink, statistics, ...more];
    const randomness = new SeededRandomness(1);
    const journal = new Journal({ sinks, clock, randomness, log, shards, origin: GENESIS });
    const store = {
      get durableThroughTick() {
        return journal.durableThroughTick;
      },
      get lastDigest() {
        return sink.last;
      },
      get lastStatistics() {
        return statistics.latest;
      },
    };
    const result: { violation?: Violation; hasEnded: boolean } = { hasEnded: false };
    void journal
      .run(stop.signal, async (violation) => {
        result.violation = violation;
      })
      .then(() => {
        result.hasEnded = true;
      });
    const take = async (bootId: string, samples: Sample[], tick = samples.at(-1)?.tick ?? 0) => {
      journal.add(bootId, samples, tick);
      await clock.advance(0);
    };
    const want = async (throughTick: number) => {
      journal.want(throughTick);
      await clock.advance(0);
    };
    return { store, take, want, result };
  };

  beforeEach(() => {
    clock = new VirtualClock();
    digests = new TestDigestLog();
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await clock.advance(120_000);
  });

  test('has nothing confirmed at first', () => {
    expect(run().store.durableThroughTick).toBe(-1);
  });

  test('stores a whole digest, then confirms its tick', async () => {
    const { store, take } = run();
    await take('a', [sampleOf(0, 1, 1)]);
    expect(store.durableThroughTick).toBe(-1);
    await take('b', [sampleOf(0, 1, 2)]);
    expect(await digests.list(INSTANCE)).toEqual([{ tick: 0, digest: hex(3) }]);
    expect(store.durableThroughTick).toBe(0);
    expect(store.lastDigest).toEqual({ tick: 0, digest: hex(3) });
  });

  test('shows the newest statistics that cover all shards', async () => {
    const { store, take } = run();
    await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1)]);
    await take('b', [sampleOf(0, 1, 1)]);
    expect(store.lastStatistics).toMatchObject({ tick: 0, values: { population: 2 } });
  });

  test('confirms samples without a digest as they come', async () => {
    const { store, take } = run(1);
    await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1), sampleOf(40, 1)]);
    expect(store.durableThroughTick).toBe(40);
  });

  test('confirms nothing while the digests cannot be stored, and tries again', async () => {
    const { store, take } = run(1);
    digests.isAway = true;
    await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1)]);
    await clock.advance(5_000);
    expect(store.durableThroughTick).toBe(-1);
    expect(digests.appends).toBeGreaterThan(3);
    expect(digests.appends).toBeLessThan(20);
    digests.isAway = false;
    await clock.advance(1_000);
    expect(store.durableThroughTick).toBe(20);
    expect(await digests.list(INSTANCE)).toEqual([{ tick: 0, digest: hex(1) }]);
  });

  test('finds a digest that differs from the stored one, and confirms it to no backend', async () => {
    await digests.append(INSTANCE, { tick: 100, digest: hex(7) });
    const { store, take, result } = run(1);
    await take('a', [sampleOf(0, 1, 1), sampleOf(100, 1, 8)]);
    expect(result).toEqual({
      hasEnded: false,
      violation: { tick: 100, stored: hex(7), measured: hex(8) },
    });
    expect(store.durableThroughTick).toBe(0);
  });

  test('goes on with the other sinks after a violation, and stores no further digest', async () => {
    await digests.append(INSTANCE, { tick: 100, digest: hex(7) });
    const { store, take } = run(1);
    await take('a', [sampleOf(100, 1, 8), sampleOf(140, 1), sampleOf(200, 1, 9)]);
    expect(store.lastStatistics?.tick).toBe(200);
    expect((await digests.list(INSTANCE)).map(({ tick }) => tick)).toEqual([100]);
    // What was there before the samples of the backend, and nothing of its own.
    expect(store.durableThroughTick).toBe(99);
  });

  test('takes a replay that gives the stored digests again, and shows the newest', async () => {
    await digests.append(INSTANCE, { tick: 0, digest: hex(1) });
    await digests.append(INSTANCE, { tick: 100, digest: hex(7) });
    const { store, take, result } = run(1, [], { tick: 100, digest: hex(7) });
    await take('a', [sampleOf(0, 1, 1)]);
    expect(result.hasEnded).toBe(false);
    expect(store.durableThroughTick).toBe(0);
    expect(store.lastDigest).toEqual({ tick: 100, digest: hex(7) });
  });

  test('ends without a violation when it is stopped', async () => {
    const { result } = run();
    await clock.advance(10);
    stop.abort();
    await clock.advance(0);
    expect(result).toEqual({ hasEnded: true });
  });

  test('confirms only what every sink has made durable', async () => {
    let release = (_durable: number) => {};
    const slow: JournalSink = {
      accept: () => new Promise((resolve) => (release = resolve)),
    };
    const { store, take } = run(1, [slow]);
    await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1)]);
    expect(store.lastDigest).toEqual({ tick: 0, digest: hex(1) });
    expect(store.durableThroughTick).toBe(-1);
    release(0);
    await clock.advance(0);
    expect(store.durableThroughTick).toBe(0);
  });

  test('gives each sink every entry in order of ticks, one at a time, again if it failed', async () => {
    const taken: number[] = [];
    let failures = 2;
    const sink: JournalSink = {
      async accept([{ tick }]: Entries) {
        if (tick === 20 && failures-- > 0) throw new Error('not now');
        taken.push(tick);
        return tick;
      },
    };
    const { take } = run(1, [sink]);
    await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1), sampleOf(40, 1)]);
    expect(taken).toEqual([0]);
    await clock.advance(5_000);
    expect(taken).toEqual([0, 20, 40]);
  });

  describe('with a sink that waits for three entries', () => {
    /** What it was offered. */
    let offered: number[][];
    const sink: JournalSink = {
      async accept(entries, wantedThroughTick) {
        offered.push(entries.map(({ tick }) => tick));
        const wanted = entries.findLast(({ tick }) => tick <= wantedThroughTick)?.tick ?? -1;
        return Math.max(wanted, entries[2]?.tick ?? -1);
      },
    };
    beforeEach(() => {
      offered = [];
    });

    test('offers what it has not made durable again, with what comes next', async () => {
      const { store, take } = run(1, [sink]);
      await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1)]);
      expect(store.durableThroughTick).toBe(-1);
      await take('a', [sampleOf(40, 1), sampleOf(60, 1)]);
      expect(offered).toEqual([[0, 20], [0, 20, 40, 60], [60]]);
      expect(store.durableThroughTick).toBe(40);
    });

    test('does not offer the same again before more comes', async () => {
      const { take } = run(1, [sink]);
      await take('a', [sampleOf(0, 1, 1)]);
      await clock.advance(60_000);
      expect(offered).toEqual([[0]]);
    });

    test('has it make durable at once what somebody wants to be', async () => {
      const { store, take, want } = run(1, [sink]);
      await take('a', [sampleOf(0, 1, 1), sampleOf(20, 1)]);
      await want(0);
      expect(store.durableThroughTick).toBe(0);
      await want(20);
      expect(store.durableThroughTick).toBe(20);
    });
  });

  describe('after a change of the leader', () => {
    /** All that backend b keeps; a former leader confirmed them to backend a, and died. */
    const full = Array.from({ length: SAMPLES_MAX }, (_, i) => sampleOf(i * 20, 1));
    const newest = full.at(-1)!.tick;

    test('confirms what another backend had confirmed, or a full buffer would wait for ever', async () => {
      const { store, take } = run();
      await take('b', full, newest + 20);
      await take('a', [], newest + 20);
      expect(store.durableThroughTick).toBeGreaterThanOrEqual(newest);
    });

    test('knows from the oldest sample kept what was confirmed before it', async () => {
      const { store, take } = run();
      await take('b', full, newest + 20);
      await take('a', [sampleOf(newest + 20, 1)], newest + 21);
      expect(store.durableThroughTick).toBe(newest + 19);
    });

    test('does not confirm the sample of the tick that a backend stands at: it may be to come', async () => {
      const { store, take } = run();
      await take('a', [], 100);
      expect(store.durableThroughTick).toBe(99);
    });
  });
});
