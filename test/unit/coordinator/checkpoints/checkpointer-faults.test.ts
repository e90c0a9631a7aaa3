import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CHECKPOINT_STAGES,
  type StagePoint,
} from '../../../../services/coordinator/term/stages.ts';
import { manifestKey } from '../../../../services/protocol/checkpoint/manifest.ts';
import { OTHER, termOf } from '../../../support/colony-records.ts';
import { DIGEST, INSTANCE, manifestAt, storeAway } from './checkpoint-fixture.ts';
import { CheckpointerRig } from './checkpointer-fixture.ts';

const AWAY_MS = 30_000;
const POINTS = CHECKPOINT_STAGES.flatMap((stage): StagePoint[] => [
  `before:${stage}`,
  `after:${stage}`,
]);

let rig: CheckpointerRig;
beforeEach(async () => {
  rig = await CheckpointerRig.create();
  await rig.untilNamed();
});
afterEach(() => rig.end());

/** A store whose method fails until a time, from now on. */
function awayUntil<M extends string, T extends Record<M, (...args: never[]) => Promise<unknown>>>(
  store: T,
  method: M,
  untilMs: number,
  clock = rig.clock,
): void {
  const works = store[method].bind(store) as (...args: never[]) => Promise<unknown>;
  Object.assign(store, {
    [method]: async (...args: never[]) => {
      if (clock.nowMs() < untilMs) throw storeAway();
      return works(...args);
    },
  });
}

/** The write goes through; its answer is lost, once. */
function loseAnswer<M extends string, T extends Record<M, (...args: never[]) => Promise<unknown>>>(
  store: T,
  method: M,
): () => number {
  const works = store[method].bind(store) as (...args: never[]) => Promise<unknown>;
  let calls = 0;
  Object.assign(store, {
    [method]: async (...args: never[]) => {
      const answer = await works(...args);
      if (++calls === 1) throw storeAway();
      return answer;
    },
  });
  return () => calls;
}

describe('a store that is away for 30 s', () => {
  test.each([
    ['the snapshots', () => awayUntil(rig.snapshots, 'putIfAbsent', rig.clock.nowMs() + AWAY_MS)],
    ['the record', () => awayUntil(rig.store, 'setCheckpoint', rig.clock.nowMs() + AWAY_MS)],
    ['the digests', () => awayUntil(rig.digests, 'list', rig.clock.nowMs() + AWAY_MS)],
  ])('%s, delays the checkpoint, and costs nothing else', async (_what, goesAway) => {
    goesAway();
    await rig.write(600);
    await rig.clock.advance(AWAY_MS - 1_000);
    expect(await rig.pointer()).toBeUndefined();
    expect(rig.checkpointer).toMatchObject({ tick: 600, failure: undefined });
    await rig.clock.advance(7_000);
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
  });

  test('while the list of the one before is read, delays the next', async () => {
    await rig.write(600);
    await rig.tickFor(10_200, 600);
    const record = await rig.store.read();
    const next = await CheckpointerRig.create();
    try {
      next.context.initializeWithStoredInfo({ ...record, revision: record.revision + 1 });
      await next.tickFor(10_100, 1_300);
      for (const { key } of await rig.snapshots.list('')) {
        await next.snapshots.putIfAbsent(key, (await rig.snapshots.get(key, 1_000_000))!);
      }
      awayUntil(next.snapshots, 'get', next.clock.nowMs() + AWAY_MS, next.clock);
      await next.write(1_900);
      await next.clock.advance(AWAY_MS - 1_000);
      expect(next.checkpointer).toMatchObject({ tick: 1_900, failure: undefined });
      expect(await next.pointer()).toBeUndefined();
      await next.clock.advance(7_000);
      expect((await next.manifest()).kept).toMatchObject([{ tick: 600 }]);
    } finally {
      await next.end();
    }
  });
});

describe('a lost answer', () => {
  test('to the manifest makes the attempt compare, and go on', async () => {
    const calls = loseAnswer(rig.snapshots, 'putIfAbsent');
    await rig.write(600);
    await rig.clock.advance(6_000);
    expect(calls()).toBe(2);
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
    expect(rig.checkpointer.failure).toBeUndefined();
  });

  test('to the write of the record is no refusal', async () => {
    const calls = loseAnswer(rig.store, 'setCheckpoint');
    await rig.write(600);
    await rig.clock.advance(6_000);
    expect(calls()).toBe(2);
    expect(rig.checkpointer).toMatchObject({ tick: undefined, failure: undefined, tickedMs: 0 });
    expect(await rig.manifest()).toMatchObject({ tick: 600 });
  });
});

describe('what is not as expected', () => {
  test('another object in the place of the manifest ends the attempt', async () => {
    await rig.snapshots.putIfAbsent(
      manifestKey('test', INSTANCE, manifestAt(600)),
      new Uint8Array(3),
    );
    await rig.write(600);
    expect(rig.checkpointer.failure?.reason).toMatch(/another manifest is stored under/);
    expect(await rig.pointer()).toBeUndefined();
  });

  test('a record that a later checkpoint is in already is not set back', async () => {
    const later = { tick: 700, epoch: 1, topologyVersion: 1, sha256: 'a'.repeat(64) };
    await rig.store.setCheckpoint(termOf(await rig.store.read()), later);
    await rig.write(600);
    expect(await rig.pointer()).toEqual(later);
    expect(rig.checkpointer.failure).toEqual({
      tick: 600,
      reason: 'the record does not take it',
    });
    expect(rig.context.storedInfo().checkpoint).toEqual(later);
  });

  test('a record that another coordinator leads takes nothing of the former leader', async () => {
    const record = await rig.store.read();
    await rig.store.takeLeadership(record.leader, OTHER);
    await rig.write(600);
    expect(await rig.pointer()).toBeUndefined();
    expect(rig.context.storedInfo().leader?.id).toBe(OTHER.id);
    expect(rig.checkpointer.failure?.reason).toBe('the record does not take it');
  });

  test('a colony that has a fault takes none', async () => {
    const fault = { code: 'DETERMINISM_VIOLATION', reason: 'digests differ' };
    await rig.store.setRun(termOf(await rig.store.read()), { fault });
    await rig.write(600);
    expect(await rig.pointer()).toBeUndefined();
    expect(rig.checkpointer.failure?.reason).toBe('the record does not take it');
  });

  test('after a failure the next is taken all the same', async () => {
    const put = rig.snapshots.putIfAbsent.bind(rig.snapshots);
    rig.snapshots.putIfAbsent = async () => {
      throw new Error('no space left');
    };
    await rig.write(600);
    expect(rig.checkpointer.failure).toEqual({ tick: 600, reason: 'no space left' });
    rig.snapshots.putIfAbsent = put;
    await rig.tickFor(10_200, 600);
    const tick = rig.checkpointer.tick ?? 0;
    await rig.write(tick);
    expect(await rig.pointer()).toMatchObject({ tick });
  });
});

describe('an end amid a checkpoint', () => {
  test.each(POINTS)('of the term, %s, writes nothing after it', async (point) => {
    rig.hook = (at) => {
      if (at === point) rig.scope.term.end();
    };
    await rig.write(600);
    await rig.clock.advance(10_000);
    await rig.ended;
    const isPointed = point === 'after:set-checkpoint' || point === 'before:set-checkpoint';
    // What is under way when the term ends goes through; no step begins after it.
    expect((await rig.pointer())?.tick).toBe(isPointed ? 600 : undefined);
  });

  test.each<[string, () => void]>([
    ['parts', () => {}],
    ['what was measured to be stored', () => (rig.durableThroughTick = 0)],
    ['the digest', () => awayUntil(rig.digests, 'list', Number.POSITIVE_INFINITY)],
    ['the manifest', () => awayUntil(rig.snapshots, 'putIfAbsent', Number.POSITIVE_INFINITY)],
    ['the record', () => awayUntil(rig.store, 'setCheckpoint', Number.POSITIVE_INFINITY)],
  ])('of the topology, while it waits for %s, ends it at once', async (what, arrange) => {
    arrange();
    if (what !== 'parts') await rig.write(600);
    await rig.clock.advance(1_000);
    rig.stop();
    await rig.clock.advance(0);
    await rig.ended;
    expect(await rig.pointer()).toBeUndefined();
    expect(rig.clock.pendingTimers).toBe(0);
    expect(rig.log.messages('warn')).toEqual([]);
  });
});

test('a write that is under way when a newer topology comes goes through: the state is whole', async () => {
  rig.hook = async (point) => {
    if (point !== 'before:set-checkpoint') return;
    rig.stop();
    await rig.store.setTopology(termOf(await rig.store.read()), 'topology#2', 2);
  };
  await rig.write(600);
  await rig.ended;
  expect(await rig.store.read()).toMatchObject({
    topologyVersion: 2,
    checkpoint: { tick: 600, topologyVersion: 1 },
  });
  expect(await rig.manifest()).toMatchObject({ tick: 600, topologyVersion: 1 });
  expect(rig.log.messages('warn')).toEqual([]);
});

describe('taking one of the state in which the world stands', () => {
  const never = new AbortController().signal;
  /** What became of it. */
  const takeAt = (tick: number, signal = never) => {
    const outcome: { ok?: true; error?: unknown } = {};
    rig.checkpointer.takeAt(tick, signal).then(
      () => {
        outcome.ok = true;
      },
      (error: unknown) => {
        outcome.error = error;
      },
    );
    return outcome;
  };

  test('asks for it at once, urgently, at whatever tick, and without a stored digest', async () => {
    const outcome = takeAt(537);
    await rig.clock.advance(0);
    expect(rig.checkpointer).toMatchObject({ tick: 537, isUrgent: true });
    rig.report(537);
    await rig.clock.advance(0);
    expect(outcome).toEqual({ ok: true });
    expect(await rig.manifest()).toMatchObject({ tick: 537, digest: DIGEST });
    expect(rig.checkpointer).toMatchObject({ tick: undefined, isUrgent: false });
  });

  test('lets the parts of a later tick that was named be of no use: it is not reached', async () => {
    takeAt(537);
    await rig.clock.advance(0);
    rig.report(600);
    await rig.clock.advance(1_000);
    expect(rig.checkpointer.tick).toBe(537);
    expect(await rig.pointer()).toBeUndefined();
  });

  test('waits for one of an earlier tick that is being written', async () => {
    const outcome = takeAt(640);
    await rig.clock.advance(1_000);
    expect(rig.checkpointer).toMatchObject({ tick: 600, isUrgent: false });
    await rig.write(600);
    await rig.clock.advance(50);
    expect(rig.checkpointer).toMatchObject({ tick: 640, isUrgent: true });
    rig.report(640);
    await rig.clock.advance(0);
    expect(outcome).toEqual({ ok: true });
    expect((await rig.manifest()).kept).toMatchObject([{ tick: 600 }]);
  });

  test('goes on where the earlier one failed', async () => {
    takeAt(640);
    await rig.clock.advance(0);
    rig.checkpointer.take('boot-0', { state: 'failed', tick: 600, epoch: 1, reason: 'x' });
    await rig.clock.advance(50);
    expect(rig.checkpointer.tick).toBe(640);
  });

  test('joins the one of the same tick whose parts are written already', async () => {
    rig.durableThroughTick = 0;
    await rig.write(600);
    const outcome = takeAt(600);
    await rig.clock.advance(1_000);
    expect(rig.checkpointer).toMatchObject({ tick: 600, isUrgent: true });
    rig.durableThroughTick = 600;
    await rig.clock.advance(100);
    expect(outcome).toEqual({ ok: true });
    expect(await rig.pointer()).toMatchObject({ tick: 600 });
    expect(rig.log.messages('warn')).toEqual([]);
  });

  test('needs nothing where the record points at that tick', async () => {
    await rig.write(600);
    const outcome = takeAt(600);
    await rig.clock.advance(0);
    expect(outcome).toEqual({ ok: true });
    expect(rig.checkpointer.tick).toBeUndefined();
  });

  test('is refused with the reason of a backend that cannot write its part', async () => {
    const outcome = takeAt(537);
    await rig.clock.advance(0);
    rig.checkpointer.take('boot-1', { state: 'failed', tick: 537, epoch: 1, reason: 'disk full' });
    await rig.clock.advance(0);
    expect(outcome.error).toEqual(new Error('b1: disk full'));
    expect(rig.checkpointer).toMatchObject({ tick: undefined, isUrgent: false });
  });

  describe('is given up with its signal', () => {
    const reason = new Error('the world would stand for too long');
    let given: AbortController;
    beforeEach(() => {
      given = new AbortController();
    });
    const abort = async () => {
      given.abort(reason);
      await rig.clock.advance(0);
    };

    test('before it begins', async () => {
      given.abort(reason);
      const outcome = takeAt(537, given.signal);
      await rig.clock.advance(0);
      expect(outcome.error).toBe(reason);
      expect(rig.checkpointer).toMatchObject({ tick: 600, isUrgent: false });
    });

    test('while it waits for an earlier one, which goes on', async () => {
      const outcome = takeAt(640, given.signal);
      await rig.clock.advance(1_000);
      await abort();
      expect(outcome.error).toBe(reason);
      await rig.write(600);
      expect(await rig.pointer()).toMatchObject({ tick: 600 });
      await rig.clock.advance(1_000);
      expect(rig.checkpointer.tick).toBeUndefined();
    });

    test('while it waits for parts', async () => {
      const outcome = takeAt(537, given.signal);
      await rig.clock.advance(1_000);
      await abort();
      expect(outcome.error).toEqual(reason);
      expect(rig.checkpointer).toMatchObject({ tick: undefined, isUrgent: false });
      expect(rig.checkpointer.failure).toEqual({ tick: 537, reason: reason.message });
    });

    test.each<[string, () => void, () => void]>([
      [
        'what was measured',
        () => (rig.durableThroughTick = 0),
        () => (rig.durableThroughTick = 537),
      ],
      [
        'the snapshots',
        () => awayUntil(rig.snapshots, 'putIfAbsent', rig.clock.nowMs() + AWAY_MS),
        () => {},
      ],
      [
        'the record',
        () => awayUntil(rig.store, 'setCheckpoint', rig.clock.nowMs() + AWAY_MS),
        () => {},
      ],
    ])(
      'while it waits for %s, and can be taken in the same state again',
      async (_what, goes, comes) => {
        goes();
        const first = takeAt(537, given.signal);
        await rig.clock.advance(0);
        rig.report(537);
        await rig.clock.advance(15_000);
        await abort();
        expect(first.error).toEqual(reason);
        const second = takeAt(537);
        await rig.clock.advance(0);
        rig.report(537);
        comes();
        await rig.clock.advance(AWAY_MS);
        expect(second).toEqual({ ok: true });
        expect(await rig.manifest()).toMatchObject({ tick: 537 });
        expect(rig.checkpointer.failure).toBeUndefined();
      },
    );

    test('after it was taken changes nothing', async () => {
      const outcome = takeAt(537, given.signal);
      await rig.clock.advance(0);
      rig.report(537);
      await rig.clock.advance(0);
      await abort();
      expect(outcome).toEqual({ ok: true });
      expect(rig.checkpointer.failure).toBeUndefined();
    });
  });
});
