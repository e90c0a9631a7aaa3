import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceCounters } from '../../../../services/platform/rpc/sequence-counters.ts';

test('no number is given twice to one target, even after its counter was forgotten', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { maxLength: 200 }), (targets) => {
      const counters = new SequenceCounters(3);
      const last = new Map<number, number>();
      for (const target of targets) {
        const sequence = counters.next(String(target));
        expect(sequence).toBeGreaterThan(last.get(target) ?? -1);
        last.set(target, sequence);
      }
    }),
  );
});
