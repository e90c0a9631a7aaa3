import { beforeEach, describe, expect, test } from 'vitest';
import type { Blame } from '../../../../services/coordinator/layout/origin-choice.ts';
import type { TopologyOrigin } from '../../../../services/protocol/colony/origin.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { ChoiceRig, originAt } from './origin-fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const unreadable = new ColonyError('CHECKPOINT_UNREADABLE', 'shard 3 is cut');
/** As the initializer tells it of a backend. */
const notComing = (key: string, bootId = 'boot-1') =>
  new ColonyError('STORE_UNAVAILABLE', `EIO: ${key}`, { extra: { bootId, key } });

let rig: ChoiceRig;

const tickOf = (origin: TopologyOrigin) => (origin.kind === 'state' ? origin.tick : 'genesis');

beforeEach(() => {
  rig = new ChoiceRig();
});

/** Fails to restore from an origin once a second, until that is put down to something. */
async function failFor(
  durationMs: number,
  origin: TopologyOrigin,
  error: unknown,
): Promise<{ blame: Blame; afterMs: number }> {
  const fromMs = rig.clock.nowMs();
  for (;;) {
    const blame = await rig.choice.blame(origin, error);
    const afterMs = rig.clock.nowMs() - fromMs;
    if (blame !== 'none' || afterMs >= durationMs) return { blame, afterMs };
    await rig.clock.advance(1_000);
  }
}

/** The origins that are chosen while an object of each of some checkpoints does not come. */
async function chosen(broken: readonly number[], rounds: number): Promise<(number | 'genesis')[]> {
  const all: (number | 'genesis')[] = [];
  for (let round = 0; round < rounds; round++) {
    const origin = await rig.choice.choose();
    const tick = tickOf(origin);
    all.push(tick);
    if (!broken.includes(Number(tick))) break;
    await failFor(MINUTE_MS, origin, notComing(`part-${tick}`));
  }
  return all;
}

describe('a checkpoint that cannot be read', () => {
  test('is left out at once, for the one before, and this is said', async () => {
    expect(await rig.choice.blame(originAt(300), unreadable)).toBe('origin');
    expect(tickOf(await rig.choice.choose())).toBe(200);
    expect(rig.log.lines).toMatchObject([
      {
        level: 'error',
        message: 'the checkpoint of tick 300 cannot be restored; the one before is used',
        fields: { reason: 'CHECKPOINT_UNREADABLE: shard 3 is cut' },
      },
    ]);
  });

  test('leads to genesis where there is none before', async () => {
    for (const tick of rig.ticks) await rig.choice.blame(originAt(tick), unreadable);
    expect(await rig.choice.choose()).toEqual(GENESIS);
  });
});

describe('an object that does not come, though the store answers', () => {
  test('is tried for ten seconds, then the checkpoint before is used, and this is said once', async () => {
    const outcome = await failFor(MINUTE_MS, originAt(300), notComing('part-300'));
    expect(outcome).toEqual({ blame: 'origin', afterMs: 10_000 });
    expect(tickOf(await rig.choice.choose())).toBe(200);
    expect(rig.log.lines).toMatchObject([
      {
        level: 'error',
        message: 'the checkpoint of tick 300 cannot be restored; the one before is used',
        fields: { reason: 'STORE_UNAVAILABLE: EIO: part-300' },
      },
    ]);
  });

  test('is tried five times at least, however long each takes', async () => {
    for (let times = 1; times < 5; times++) {
      expect(await rig.choice.blame(originAt(300), notComing('part-300'))).toBe('none');
      await rig.clock.advance(MINUTE_MS);
    }
    expect(await rig.choice.blame(originAt(300), notComing('part-300'))).toBe('origin');
  });

  test('leads through all checkpoints, and from the last one back to the newest: never to genesis', async () => {
    expect(await chosen([300, 200, 100], 7)).toEqual([300, 200, 100, 300, 200, 100, 300]);
    expect(rig.log.messages('warn')).toContain(
      'no checkpoint can be restored at the moment; it begins again with the newest',
    );
  });

  test('leads to genesis neither where all before can never be read', async () => {
    await rig.choice.choose();
    await failFor(MINUTE_MS, originAt(300), notComing('part-300'));
    await rig.choice.blame(originAt(200), unreadable);
    await rig.choice.blame(originAt(100), unreadable);
    expect(tickOf(await rig.choice.choose())).toBe(300);
  });

  test('is waited for where there is no checkpoint before', async () => {
    rig.ticks = [300];
    const { blame } = await failFor(HOUR_MS, originAt(300), notComing('part-300'));
    expect(blame).toBe('none');
    expect(rig.log.lines).toEqual([]);
  });

  test('is put down to its checkpoint, whichever backend it does not come to', async () => {
    for (let second = 0; second < 10; second++) {
      const error = notComing('part-300', `boot-${second % 2}`);
      expect(await rig.choice.blame(originAt(300), error)).toBe('none');
      await rig.clock.advance(1_000);
    }
    expect(await rig.choice.blame(originAt(300), notComing('part-300', 'boot-7'))).toBe('origin');
  });
});

describe('while the store is away', () => {
  test('nothing is put down to anything, however long', async () => {
    rig.isAway = true;
    expect((await failFor(HOUR_MS, originAt(300), notComing('part-300'))).blame).toBe('none');
    await expect(rig.choice.choose()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    rig.isAway = false;
    expect(tickOf(await rig.choice.choose())).toBe(300);
  });

  test('what failed before does not count', async () => {
    await failFor(9_000, originAt(300), notComing('part-300'));
    rig.isAway = true;
    await rig.choice.blame(originAt(300), notComing('part-300'));
    rig.isAway = false;
    const outcome = await failFor(MINUTE_MS, originAt(300), notComing('part-300'));
    expect(outcome).toEqual({ blame: 'origin', afterMs: 10_000 });
  });

  test("the leader's own stores are nobody's fault", async () => {
    const error = new ColonyError('STORE_UNAVAILABLE', 'the table does not answer');
    expect((await failFor(HOUR_MS, originAt(300), error)).blame).toBe('none');
  });
});

describe('a backend', () => {
  test('that long does not get the manifest that its leader reads cannot reach the store', async () => {
    const outcome = await failFor(MINUTE_MS, originAt(300), notComing('manifest-300'));
    expect(outcome).toEqual({ blame: 'unfit', afterMs: 10_000 });
    expect(tickOf(await rig.choice.choose())).toBe(300);
  });

  test.each([
    ['in a way of its own', new ColonyError('BACKEND_FAILED', 'no memory')],
    ['by a bug', new TypeError('it broke')],
  ])('that fails %s is blamed at once', async (_what, error) => {
    expect(await rig.choice.blame(originAt(300), error)).toBe('backend');
  });

  test('that fails at genesis is blamed at once', async () => {
    expect(await rig.choice.blame(GENESIS, notComing('part-300'))).toBe('backend');
    expect(await rig.choice.blame(undefined, unreadable)).toBe('backend');
  });
});

test('a manifest that counts as lost meanwhile leads to the one before', async () => {
  rig.ticks = [200, 100];
  expect(await rig.choice.blame(originAt(300), notComing('part-300'))).toBe('origin');
  expect(tickOf(await rig.choice.choose())).toBe(200);
});
