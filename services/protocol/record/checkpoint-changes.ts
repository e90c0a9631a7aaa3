import type { CheckpointPointer } from '../checkpoint/manifest.ts';
import { canonicalJson } from '../common/canonical-json.ts';
import { isInTerm, type RecordChange, revised, type Term } from './record-change.ts';

/** Points at a whole checkpoint of a started colony without a fault; only a higher tick replaces a lower one. */
export const checkpointChange = (term: Term, checkpoint: CheckpointPointer): RecordChange => ({
  apply(r) {
    if (r.status !== 'TopographyInitialized' || !isInTerm(r, term)) return undefined;
    if (r.fault !== undefined || checkpoint.tick <= (r.checkpoint?.tick ?? -1)) return undefined;
    return revised(r, { checkpoint });
  },
  isInEffect: (r) =>
    r.generation === term.generation &&
    r.checkpoint !== undefined &&
    canonicalJson(r.checkpoint) === canonicalJson(checkpoint),
});
