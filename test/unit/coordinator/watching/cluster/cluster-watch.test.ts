import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LeaderTerm } from '../../../../../services/coordinator/term/leader-term.ts';
import {
  type TrackedBackend,
  trackedBackend,
} from '../../../../../services/coordinator/ticking/tracked-backend.ts';
import { Troubles } from '../../../../../services/coordinator/troubles/troubles.ts';
import {
  ClusterWatch,
  type ClusterWatchOptions,
} from '../../../../../services/coordinator/watching/cluster/cluster-watch.ts';
import { clusterHistorySchema } from '../../../../../services/protocol/api/cluster-history.ts';
import { VirtualClock } from '../../../../simulation/virtual-clock.ts';
import { NO_LOAD } from '../../../../support/no-load.ts';
import { contextOf, STORED, startedRecord, statusOf, topologyOf, workOf } from '../../fixtures.ts';

let clock: VirtualClock;
let term: LeaderTerm;
let troubles: Troubles;
let driver: {
  -readonly [K in keyof ClusterWatchOptions['driver']]: ClusterWatchOptions['driver'][K];
};
let watch: ClusterWatch;

/** A backend that has ticked 60 times a second and waited for halos half of the time. */
function tell(tracked: TrackedBackend, uptimeMs: number): TrackedBackend {
  const index = tracked.index;
  const load = {
    ...{ ...NO_LOAD, uptimeMs, memoryBytes: 4_096 },
    computedTicks: (60 * uptimeMs) / 1000,
    waitedMs: { ...NO_LOAD.waitedMs, halos: uptimeMs / 2 },
  };
  return { ...tracked, status: statusOf(index, { tick: 100 - index }, { load }) };
}

function tick(backends: TrackedBackend[]): void {
  const loaded = { stored: STORED, topology: topologyOf(2), replayUntil: 0 };
  driver.state = { phase: 'Ticking', loaded, idleBackends: [] };
  driver.driving = {
    ticker: {
      ...{ backends, tick: 99, maxTick: 100, replay: undefined, achievedTicksPerSecond: 60 },
    },
    moves: undefined,
  };
}

const trackedOf = (topology = topologyOf(2)) =>
  topology.backends.map((backend) => trackedBackend(topology, backend, 0));

beforeEach(() => {
  clock = new VirtualClock();
  const context = contextOf(startedRecord());
  term = workOf(context, clock).term;
  troubles = new Troubles(clock);
  driver = { state: { phase: 'Waiting', idleBackends: [] }, driving: undefined };
  watch = new ClusterWatch({ clock, context, driver, troubles });
  void watch.run(term);
});
afterEach(async () => {
  term.end();
  await clock.advance(60_000);
});

const historyOf = (since = -1) => watch.history(since)!.history;

test('a look every two seconds tells what backends did since the one before', async () => {
  tick(trackedOf().map((tracked) => tell(tracked, 1_000)));
  await clock.advance(2_000);
  expect(watch.ratesOf('boot-0')).toBeUndefined();
  tick(trackedOf().map((tracked) => tell(tracked, 3_000)));
  await clock.advance(2_000);
  expect(watch.ratesOf('boot-1')).toMatchObject({ ticksPerSecond: 60, waiting: { halos: 0.5 } });
  const { points, backends } = historyOf();
  expect(points).toEqual({
    ...{ elapsedMs: [0, 2_000, 4_000], phase: ['Waiting', 'Ticking', 'Ticking'] },
    ...{ tick: [null, 99, 99], ticksPerSecond: [null, 60, 60] },
  });
  expect(backends[1]).toMatchObject({
    ...{ id: 'b1', ticksPerSecond: [null, null, 60], halos: [null, null, 0.5] },
    ...{ lag: [null, null, 1], memoryBytes: [null, null, 4_096] },
  });
});

test('of a backend that has told nothing since nothing is known', async () => {
  const [first, second] = trackedOf();
  tick([tell(first!, 1_000), tell(second!, 1_000)]);
  await clock.advance(2_000);
  tick([tell(first!, 3_000), tell(second!, 1_000)]);
  await clock.advance(2_000);
  expect(watch.ratesOf('boot-0')).toBeDefined();
  expect(watch.ratesOf('boot-1')).toBeUndefined();
  expect(historyOf().backends[1]?.memoryBytes).toEqual([null, null, null]);
});

test('another process under the same id is a restart', async () => {
  const before = trackedOf();
  tick(before);
  await clock.advance(2_000);
  expect(watch.restartsOf('b1')).toBe(0);
  const topology = topologyOf(2);
  topology.backends[1] = { ...topology.backends[1]!, bootId: 'another' };
  tick(trackedOf(topology));
  await clock.advance(10_000);
  expect([watch.restartsOf('b0'), watch.restartsOf('b1')]).toEqual([0, 1]);
});

test('only what came after a moment is told, and the tag changes with it', async () => {
  await clock.advance(4_000);
  expect(historyOf(2_000).points.elapsedMs).toEqual([4_000]);
  const tags = [watch.history(0)!.etag, watch.history(2_000)!.etag];
  troubles.note('b1', { code: 'BACKEND_LOST', detail: 'gone', tick: undefined });
  tags.push(watch.history(2_000)!.etag);
  await clock.advance(2_000);
  tags.push(watch.history(2_000)!.etag);
  expect(new Set(tags).size).toBe(4);
  expect(watch.history(2_000)!.etag).toBe(tags.at(-1));
});

test('what went wrong is in the history after its cause has gone', () => {
  troubles.note('b1', { code: 'BACKEND_LOST', detail: 'gone', tick: 7 });
  troubles.well('b1');
  expect(historyOf().troubles).toMatchObject([
    { backend: 'b1', code: 'BACKEND_LOST', detail: 'gone', tick: 7, endedAt: expect.any(String) },
  ]);
});

test('is what the contract of the API says', async () => {
  tick(trackedOf().map((tracked) => tell(tracked, 1_000)));
  await clock.advance(4_000);
  troubles.note('b1', { code: 'BACKEND_LOST', detail: 'gone', tick: undefined });
  const parsed = clusterHistorySchema.strict().safeParse(historyOf());
  expect(parsed).toMatchObject({ success: true });
});

test('the memory goes with the lead', async () => {
  await clock.advance(4_000);
  term.end();
  await clock.advance(2_000);
  expect(watch.history(-1)).toBeUndefined();
});
