import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TickerRun } from '../../../../services/coordinator/ticking/ticker.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import type { CheckpointReport } from '../../../../services/protocol/checkpoint/manifest.ts';
import { startedRecord } from '../fixtures.ts';
import { HEARTBEAT_MS, TickerRig } from './ticker-fixture.ts';

const PENDING: CheckpointReport = { state: 'pending', tick: 100, epoch: 1 };

/** A checkpointer that asks for what a test says, and keeps what it is told. */
class FakeCheckpoints implements NonNullable<TickerRun['checkpoints']> {
  tick: number | undefined;
  withPicture = false;
  isUrgent = false;
  readonly taken: [string, CheckpointReport | undefined][] = [];
  readonly observed: { tick: number | undefined; running: number }[] = [];
  runs = 0;
  hasEnded = false;

  take(bootId: string, report: CheckpointReport | undefined): void {
    this.taken.push([bootId, report]);
  }

  observe(state: { tick: number | undefined; running: number }): void {
    this.observed.push(state);
  }

  async run(signal: AbortSignal): Promise<void> {
    this.runs++;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.hasEnded = true;
  }
}

let rig: TickerRig;
let checkpoints: FakeCheckpoints;
beforeEach(() => {
  rig = new TickerRig();
  checkpoints = new FakeCheckpoints();
});
afterEach(() => rig.end());
const run = () => rig.run({ checkpoints });
const sent = (index: number) => rig.callsOf('heartbeat', index).map(({ request }) => request);

describe('a ticker', () => {
  test('names the checkpoint that is asked for with every heartbeat, and none while none is', async () => {
    run();
    await rig.clock.advance(0);
    expect(sent(0).at(-1)).not.toHaveProperty('checkpointTick');
    checkpoints.tick = 100;
    await rig.clock.advance(2 * HEARTBEAT_MS);
    for (const index of [0, 1, 2]) {
      expect(sent(index).slice(1)).toMatchObject([
        { checkpointTick: 100 },
        { checkpointTick: 100 },
      ]);
    }
    checkpoints.tick = undefined;
    await rig.clock.advance(HEARTBEAT_MS);
    expect(sent(0).at(-1)).not.toHaveProperty('checkpointTick');
  });

  test('names the state of genesis too', async () => {
    checkpoints.tick = 0;
    run();
    await rig.clock.advance(0);
    expect(sent(0)).toMatchObject([{ checkpointTick: 0 }]);
  });

  test('passes on what each backend says of it', async () => {
    rig.backends[1]!.checkpoint = PENDING;
    run();
    await rig.clock.advance(0);
    expect(checkpoints.taken).toEqual([
      ['boot-0', undefined],
      ['boot-1', PENDING],
      ['boot-2', undefined],
    ]);
  });

  test('passes on nothing of a backend that holds the colony no more', async () => {
    rig.backends[1]!.checkpoint = PENDING;
    rig.backends[1]!.status = { ...rig.backends[1]!.status, state: 'Failed', failure: 'broken' };
    run();
    await rig.clock.advance(0);
    expect(checkpoints.taken.map(([bootId]) => bootId)).not.toContain('boot-1');
    expect(rig.outcome.lost).toMatchObject({ reason: 'broken' });
  });

  test('tells where the world is only once all have answered, and never less than backends may run to', async () => {
    rig.backends[2]!.heartbeat = new TransportError('timeout', 'no answer');
    for (const [index, backend] of rig.backends.entries()) backend.at(10 + index);
    run();
    await rig.clock.advance(0);
    expect(checkpoints.observed).toEqual([
      { tick: undefined, running: 60 },
      { tick: undefined, running: 60 },
    ]);
    rig.backends[2]!.heartbeat = 'answers';
    await rig.clock.advance(HEARTBEAT_MS);
    expect(checkpoints.observed.at(-1)).toMatchObject({ tick: 10 });
    const horizons = sent(0).map(({ horizon }) => Number(horizon));
    expect(checkpoints.observed.at(-1)!.running).toBeGreaterThanOrEqual(Math.max(...horizons));
  });

  test('beats ten times as often while the world stands for one, and to all', async () => {
    checkpoints.isUrgent = true;
    run();
    await rig.clock.advance(2 * HEARTBEAT_MS);
    for (const index of [0, 1, 2]) expect(sent(index)).toHaveLength(21);
    checkpoints.isUrgent = false;
    await rig.clock.advance(HEARTBEAT_MS / 10);
    await rig.clock.advance(4 * HEARTBEAT_MS);
    expect(sent(0)).toHaveLength(26);
  });

  test('does not press one that is silent', async () => {
    checkpoints.isUrgent = true;
    rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
    run();
    await rig.clock.advance(2 * HEARTBEAT_MS);
    expect(sent(1)).toHaveLength(3);
  });

  test('has them taken for as long as it runs, with its topology', async () => {
    run();
    await rig.clock.advance(1_000);
    expect(checkpoints).toMatchObject({ runs: 1, hasEnded: false });
    rig.backends[0]!.heartbeat = new TransportError('refused', 'connection refused');
    await rig.clock.advance(HEARTBEAT_MS);
    expect(rig.outcome.lost).toMatchObject({ backend: { id: 'b0' } });
    expect(checkpoints.hasEnded).toBe(true);
  });

  test('has none taken after the scope has ended', async () => {
    run();
    await rig.clock.advance(1_000);
    rig.context.initializeWithStoredInfo(startedRecord({ revision: 99, status: 'NotInitialized' }));
    rig.scope.recordChanged();
    await rig.clock.advance(0);
    expect(checkpoints.hasEnded).toBe(true);
  });
});

describe('a ticker that is ended', () => {
  test('answers that nobody is lost, and grants nothing any more', async () => {
    run();
    await rig.clock.advance(1_000);
    const before = rig.calls.length;
    rig.ticker.end();
    await rig.clock.advance(60_000);
    expect(rig.outcome).toEqual({ isOver: true });
    expect(rig.calls).toHaveLength(before);
    expect(checkpoints.hasEnded).toBe(true);
  });

  test('answers whom it had lost before', async () => {
    run();
    await rig.clock.advance(0);
    rig.backends[0]!.heartbeat = new TransportError('refused', 'connection refused');
    await rig.clock.advance(HEARTBEAT_MS);
    rig.ticker.end();
    await rig.clock.advance(0);
    expect(rig.outcome.lost).toMatchObject({ backend: { id: 'b0' } });
  });

  test('asks no more, even if it is nudged', async () => {
    run();
    await rig.clock.advance(0);
    rig.ticker.end();
    rig.ticker.nudge();
    await rig.clock.advance(0);
    expect(rig.callsOf('heartbeat')).toHaveLength(3);
    expect(rig.outcome.isOver).toBe(true);
  });
});

describe('a ticker that has the world stand', () => {
  test('has all run to exactly one tick, and grants on after the release', async () => {
    run();
    await rig.clock.advance(0);
    for (const [index, backend] of rig.backends.entries()) {
      backend.at(20 + index);
      backend.acknowledges = true;
    }
    await rig.clock.advance(HEARTBEAT_MS);
    const stood = rig.ticker.stand();
    await rig.clock.advance(2 * HEARTBEAT_MS);
    const { granted, release } = await stood;
    expect(granted).toBe(22);
    await rig.clock.advance(4 * HEARTBEAT_MS);
    for (const index of [0, 1, 2]) expect(sent(index).at(-1)).toMatchObject({ horizon: 22 });
    release();
    await rig.clock.advance(0);
    expect(Number(sent(0).at(-1)?.['horizon'])).toBeGreaterThan(22);
  });
});
