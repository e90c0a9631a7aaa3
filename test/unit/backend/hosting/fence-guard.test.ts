import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FenceGuard } from '../../../../services/backend/hosting/fence-guard.ts';
import { compareFences } from '../../../../services/protocol/wire/fence.ts';

const fence = (generation: number, epoch: number, topologyVersion: number) => ({
  generation,
  epoch,
  topologyVersion,
});
const anyFence = fc.record({
  generation: fc.nat(3),
  epoch: fc.nat(3),
  topologyVersion: fc.nat(3),
});

describe('FenceGuard', () => {
  test('admits exactly what is not lower than the highest admitted so far', () => {
    fc.assert(
      fc.property(fc.array(anyFence), (fences) => {
        const guard = new FenceGuard();
        let highest = fence(0, 0, 0);
        for (const next of fences) {
          const isLower = compareFences(next, highest) < 0;
          if (isLower) expect(() => guard.admit(next)).toThrow('has been seen');
          else {
            guard.admit(next);
            highest = next;
          }
          expect(guard.highest).toEqual(highest);
        }
      }),
    );
  });

  test('a refusal tells the fence that was seen', () => {
    const guard = new FenceGuard();
    guard.admit(fence(2, 5, 1));
    expect(() => guard.admit(fence(2, 4, 9))).toThrow(
      expect.objectContaining({ code: 'STALE_FENCE', extra: { seen: fence(2, 5, 1) } }),
    );
  });

  test('a released generation and every older one is refused, a newer one is not', () => {
    const guard = new FenceGuard();
    guard.release(3);
    guard.release(1);
    for (const generation of [0, 1, 2, 3]) {
      expect(() => guard.assertNotReleased(generation)).toThrow(
        expect.objectContaining({
          code: 'GENERATION_RELEASED',
          message: `generation ${generation} was released here, as all up to 3`,
          extra: { releasedThrough: 3 },
        }),
      );
    }
    expect(() => guard.assertNotReleased(4)).not.toThrow();
  });

  test('nothing is released at first', () => {
    expect(() => new FenceGuard().assertNotReleased(0)).not.toThrow();
  });
});
