import type { CheckpointPointer } from '../checkpoint/manifest.ts';
import { canonicalJson } from '../common/canonical-json.ts';
import { isInTerm, type RecordChange, revised, type Term } from './record-change.ts';

/**
 * Points at a whole checkpoint of a started colony without a fault: of a higher tick, or of a later topology. That one
 * may have started from an older checkpoint, since the present one could not be restored.
 */
export const checkpointChange = (term: Term, checkpoint: CheckpointPointer): RecordChange => ({
  apply(r) {
    if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
    if (r.fault !== undefined || !isNewer(checkpoint, r.checkpoint)) return undefined;
    return revised(r, { checkpoint });
  },
  isInEffect: (r) =>
    r.generation === term.generation && canonicalJson(r.checkpoint) === canonicalJson(checkpoint),
});

const isNewer = (next: CheckpointPointer, present: CheckpointPointer | undefined): boolean =>
  present === undefined ||
  next.tick > present.tick ||
  next.topologyVersion > present.topologyVersion;
