import { beforeEach, describe, expect, test } from 'vitest';
import type { Blame } from '../../../../services/coordinator/layout/origin-choice.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { ChoiceRig, originAt } from './origin-fixture.ts';

const BOOTS = ['boot-1', 'boot-2', 'boot-3'];

let rig: ChoiceRig;

beforeEach(() => {
  rig = new ChoiceRig();
});

/** A backend cannot read the cells of a checkpoint. */
const unreadableTo = (bootId: string, tick: number, fit = BOOTS): Promise<Blame> =>
  rig.choice.blame(
    originAt(tick),
    new ColonyError('CHECKPOINT_UNREADABLE', 'it is cut', { extra: { bootId } }),
    fit,
  );
const chosen = async () => {
  const origin = await rig.choice.choose();
  return origin.kind === 'state' ? origin.tick : 'genesis';
};

describe('a backend that finds checkpoint after checkpoint unreadable', () => {
  beforeEach(async () => {
    expect(await unreadableTo('boot-1', 300)).toBe('origin');
    expect(await chosen()).toBe(200);
  });

  test('is at fault itself with the second one: both are used again, and this is said', async () => {
    expect(await unreadableTo('boot-1', 200)).toBe('unfit');
    expect(await chosen()).toBe(300);
    expect(rig.log.lines.slice(1)).toEqual([
      {
        level: 'error',
        message: 'only one backend cannot read these checkpoints: it is at fault, not they',
        fields: { bootId: 'boot-1', ticks: [300, 200], reason: expect.stringContaining('is cut') },
      },
    ]);
  });

  test('is believed where another one has found so too, for good', async () => {
    await unreadableTo('boot-1', 200);
    expect(await unreadableTo('boot-2', 300)).toBe('origin');
    expect(await chosen()).toBe(200);
    expect(await unreadableTo('boot-2', 200)).toBe('origin');
    expect(await chosen()).toBe(100);
  });

  test('is believed where another one has found so first', async () => {
    await unreadableTo('boot-2', 300);
    expect(await unreadableTo('boot-1', 200)).toBe('origin');
    expect(await chosen()).toBe(100);
  });

  test('is believed where nobody else is there', async () => {
    expect(await unreadableTo('boot-1', 200, ['boot-1'])).toBe('origin');
    expect(await unreadableTo('boot-1', 100, [])).toBe('origin');
    expect(await chosen()).toBe('genesis');
  });

  test('is not believed when it comes back, as long as others are there', async () => {
    await unreadableTo('boot-1', 200);
    expect(await unreadableTo('boot-1', 300)).toBe('unfit');
    expect(await chosen()).toBe(300);
    expect(await unreadableTo('boot-1', 300, ['boot-1'])).toBe('origin');
    expect(await chosen()).toBe(100);
  });
});

describe('a backend that the others cannot do without', () => {
  const tooLarge = new ColonyError('WORLD_TOO_LARGE', 'the world does not fit');

  beforeEach(async () => {
    await unreadableTo('boot-1', 300);
    expect(await unreadableTo('boot-1', 200)).toBe('unfit');
    expect(await chosen()).toBe(300);
  });

  test('is asked again where they cannot hold the world, and its word counts', async () => {
    expect(await rig.choice.blame(originAt(300), tooLarge, ['boot-2'])).toBe('needed');
    expect(await chosen()).toBe(100);
    // Once is enough: this says nothing more of checkpoints.
    expect(await rig.choice.blame(originAt(100), tooLarge, ['boot-1', 'boot-2'])).toBe('backend');
  });

  test('is believed where they have not managed for as long as it was left out', async () => {
    await rig.clock.advance(600_000 - 1);
    expect(await unreadableTo('boot-1', 300)).toBe('unfit');
    await rig.clock.advance(1);
    expect(await unreadableTo('boot-1', 300)).toBe('origin');
    expect(await chosen()).toBe(100);
  });
});

describe('the last checkpoint', () => {
  beforeEach(() => {
    rig.ticks = [300];
  });

  test('is not given up for genesis by the word of one backend', async () => {
    expect(await unreadableTo('boot-1', 300)).toBe('unfit');
    expect(await chosen()).toBe(300);
    expect(await unreadableTo('boot-1', 300)).toBe('unfit');
    expect(await chosen()).toBe(300);
  });

  test('is given up by the word of two', async () => {
    await unreadableTo('boot-1', 300);
    expect(await unreadableTo('boot-2', 300)).toBe('origin');
    expect(await chosen()).toBe('genesis');
  });

  test('is given up by the word of the only one that is there', async () => {
    expect(await unreadableTo('boot-1', 300, ['boot-1'])).toBe('origin');
    expect(await chosen()).toBe('genesis');
  });
});

test('what is unreadable while the store is away is put down to nothing: it is not known what else there is', async () => {
  rig.isAway = true;
  expect(await unreadableTo('boot-1', 300)).toBe('none');
  rig.isAway = false;
  expect(await chosen()).toBe(300);
  expect(await unreadableTo('boot-1', 300)).toBe('origin');
});
