import type { TroubleView } from '../../protocol/api/cluster-api.ts';
import type { Trouble } from '../troubles/troubles.ts';

/** A trouble as the API shows it. */
export const troubleView = ({ tick, endedAt, ...trouble }: Trouble): TroubleView => ({
  ...trouble,
  tick: tick ?? null,
  endedAt: endedAt ?? null,
});
