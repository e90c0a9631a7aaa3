import type { TopologyOrigin } from '../../../../services/protocol/colony/origin.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { STORED } from '../fixtures.ts';

/** The state of a checkpoint whose manifest is `manifest-TICK`. */
export const originAt = (tick: number): Extract<TopologyOrigin, { kind: 'state' }> => ({
  ...new Timeline(STORED.spec).originHere(0),
  tick,
  manifest: { key: `manifest-${tick}`, sha256: '0'.repeat(64) },
});
