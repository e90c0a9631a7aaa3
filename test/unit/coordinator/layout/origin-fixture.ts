import { OriginChoice } from '../../../../services/coordinator/layout/origin-choice.ts';
import type { TopologyOrigin } from '../../../../services/protocol/colony/origin.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { STORED } from '../fixtures.ts';

/** The state of a checkpoint whose manifest is `manifest-TICK`. */
export const originAt = (tick: number): Extract<TopologyOrigin, { kind: 'state' }> => ({
  ...new Timeline(STORED.spec).originHere(0),
  tick,
  manifest: { key: `manifest-${tick}`, sha256: '0'.repeat(64) },
});

/** A choice among checkpoints whose store can be away. */
export class ChoiceRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  /** Ticks of the checkpoints that are there, the newest first. */
  ticks = [300, 200, 100];
  isAway = false;
  readonly choice = new OriginChoice({
    newestOrigin: async (without) => {
      if (this.isAway) throw new ColonyError('STORE_UNAVAILABLE', 'the bucket does not answer');
      const tick = this.ticks.find((one) => !without.has(`manifest-${one}`));
      return tick === undefined ? GENESIS : originAt(tick);
    },
    ...{ clock: this.clock, log: this.log },
  });
}
