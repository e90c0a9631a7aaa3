import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { idleStatus, statusOf } from '../fixtures.ts';
import { HEARTBEAT_MS, SUSPECT_MS, TickerRig } from './ticker-fixture.ts';

let rig: TickerRig;
beforeEach(() => {
  rig = new TickerRig();
});
afterEach(() => rig.end());

describe('the ticker', () => {
  describe('when a backend cannot start ticking', () => {
    test.each([
      ['says that it holds no colony', { result: 'ColonyNotInitialized' } as const],
      ['says that it holds no topology', { result: 'TopologyNotInitialized' } as const],
      ['gives an error', { result: 'Error', message: 'no shards' } as const],
      ['does not answer', new TransportError('timeout', 'no answer')],
    ])('that %s, starts the others and tries it again', async (_what, starting) => {
      rig.backends[1]!.starting = starting;
      rig.backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
      rig.run();
      await rig.clock.advance(0);
      expect(rig.ticker.backends.map(({ started }) => started)).toEqual([true, false, true]);
      expect(rig.log.messages('error')).toHaveLength(1);
      rig.backends[1]!.starting = { result: 'Ok' };
      rig.backends[1]!.status = statusOf(1);
      await rig.clock.advance(5_000);
      expect(rig.ticker.backends.map(({ started }) => started)).toEqual([true, true, true]);
      expect(rig.callsOf('startTicking', 0)).toHaveLength(1);
    });

    test('tries it with growing pauses', async () => {
      rig.backends[1]!.starting = { result: 'Error', message: 'no shards' };
      rig.backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
      rig.run();
      await rig.clock.advance(60_000);
      const times = rig.callsOf('startTicking', 1).map(({ atMs }) => atMs);
      const pauses = times.slice(1).map((time, i) => time - times[i]!);
      expect(pauses.slice(0, 6)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000]);
      expect(Math.max(...pauses)).toBe(5_000);
    });

    test('starts it again when it says that it does not tick any more', async () => {
      rig.run();
      await rig.clock.advance(HEARTBEAT_MS);
      rig.backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
      await rig.clock.advance(HEARTBEAT_MS);
      rig.backends[1]!.status = statusOf(1);
      await rig.clock.advance(HEARTBEAT_MS);
      expect(rig.callsOf('startTicking', 1)).toHaveLength(2);
    });
  });

  describe('a backend is lost', () => {
    test.each([
      ['refuses connections', new TransportError('refused', 'connection refused')],
      ['is another process by now', new ColonyError('FOREIGN_BOOT_ID', 'it is another')],
    ])('at once when it %s', async (_what, error) => {
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.heartbeat = error;
      await rig.clock.advance(HEARTBEAT_MS);
      expect(rig.outcome.lost?.backend.id).toBe('b1');
      expect(rig.ticker.backends.map(({ lost = false }) => lost)).toEqual([false, true, false]);
    });

    test.each([
      ['holds no colony any more', idleStatus(1)],
      ['holds another generation', statusOf(1, { generation: 2 })],
      ['holds another topology', statusOf(1, { topologyVersion: 2 })],
      ['has lost its shards', statusOf(1, { shardsInitialized: false })],
      ['has failed', statusOf(1, {}, { state: 'Failed', failure: 'out of memory' })],
    ])('when it says that it %s', async (_what, status) => {
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.status = status;
      await rig.clock.advance(HEARTBEAT_MS);
      expect(rig.outcome.lost?.backend.id).toBe('b1');
    });

    test('after a while of silence, and is suspect until then', async () => {
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(SUSPECT_MS - 1);
      expect(rig.outcome.lost).toBeUndefined();
      expect(rig.ticker.backends.map(({ suspect }) => suspect)).toEqual([false, true, false]);
      await rig.clock.advance(2 * HEARTBEAT_MS);
      expect(rig.outcome.lost?.backend.id).toBe('b1');
    });

    test('at its first silence when its task has stopped, and says so', async () => {
      const asked = vi.fn(async () => 'its task has stopped: task-1');
      rig.tasks.whyGone = asked;
      rig.run();
      await rig.clock.advance(1_000);
      expect(asked).not.toHaveBeenCalled();
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(HEARTBEAT_MS);
      const { id } = rig.ticker.backends[1]!.backend;
      expect(rig.outcome.lost).toMatchObject({
        ...{ backend: { id }, reason: 'its task has stopped: task-1' },
      });
      expect(asked.mock.calls).toEqual([['boot-1']]);
      expect(rig.log.messages('warn')).toEqual(['a backend does not answer', 'a backend is lost']);
    });

    test('once its task has stopped, which is asked at each silence', async () => {
      let stopped: string | undefined;
      rig.tasks.whyGone = async () => stopped;
      rig.run();
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(5_000);
      expect(rig.outcome).toEqual({});
      stopped = 'its task has stopped: task-1';
      await rig.clock.advance(HEARTBEAT_MS);
      expect(rig.outcome.lost?.reason).toBe(stopped);
    });

    test('after a while of silence though nobody answers whether its task has stopped', async () => {
      rig.tasks.whyGone = () => new Promise(() => undefined);
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      const before = rig.callsOf('heartbeat', 1).length;
      await rig.clock.advance(SUSPECT_MS - HEARTBEAT_MS);
      expect(rig.outcome).toEqual({});
      const heartbeats = rig.callsOf('heartbeat', 1).length - before;
      expect(heartbeats).toBe(SUSPECT_MS / HEARTBEAT_MS - 1);
      await rig.clock.advance(2 * HEARTBEAT_MS);
      expect(rig.outcome.lost?.reason).toMatch(/^silent for/);
    });

    test('not when it has answered again before its task is known to have stopped', async () => {
      rig.tasks.whyGone = async () => {
        await rig.clock.sleep(1_000);
        return 'its task has stopped: task-1';
      };
      rig.run();
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(HEARTBEAT_MS);
      rig.backends[1]!.heartbeat = 'answers';
      await rig.clock.advance(5_000);
      expect(rig.outcome).toEqual({});
    });

    test('by nobody any more once the run has ended', async () => {
      rig.tasks.whyGone = async () => {
        await rig.clock.sleep(1_000);
        return 'its task has stopped: task-1';
      };
      rig.run();
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(HEARTBEAT_MS);
      rig.ticker.end();
      await rig.clock.advance(5_000);
      expect(rig.outcome).toEqual({ isOver: true });
      expect(rig.log.messages('warn')).toEqual(['a backend does not answer']);
    });

    test('not when it answers again in time', async () => {
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(5_000);
      rig.backends[1]!.heartbeat = 'answers';
      await rig.clock.advance(60_000);
      expect(rig.outcome).toEqual({});
      expect(rig.ticker.backends.map(({ suspect }) => suspect)).toEqual([false, false, false]);
    });

    test('and then no backend gets another heartbeat', async () => {
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.heartbeat = new TransportError('refused', 'connection refused');
      await rig.clock.advance(HEARTBEAT_MS);
      const before = rig.calls.length;
      await rig.clock.advance(10_000);
      expect(rig.calls).toHaveLength(before);
    });

    test('and the suspicion is logged once', async () => {
      rig.run();
      await rig.clock.advance(1_000);
      rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
      await rig.clock.advance(5_000);
      expect(rig.log.messages('warn')).toEqual(['a backend does not answer']);
    });
  });

  test('does not take its own long pause for the silence of others', async () => {
    const { leaderId, epoch } = rig.scope.term;
    const times = { clock: rig.clock, leaseMs: SUSPECT_MS, sentMs: rig.clock.nowMs() };
    rig.scope = new ColonyScope(new LeaderTerm({ leaderId, epoch, ...times }), () =>
      rig.context.storedInfo(),
    );
    rig.run();
    await rig.clock.advance(20_000);
    expect(rig.outcome.lost).toBeUndefined();
    expect(rig.log.messages('warn')).toEqual([]);
  });
});
