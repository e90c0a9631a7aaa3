import type { ColonyView } from '../../../protocol/api/public-api.ts';

/** What is shown of a colony. */
export interface Shown {
  view: ColonyView;
  /** Its tick, its backends and what is counted are of an earlier time. */
  isOld: boolean;
}

/**
 * A coordinator that has just begun knows of a started colony what the record tells: a tick of some seconds ago,
 * and no backends. Until it knows the world, what was known of the same colony before is shown. Pure.
 *
 * @param before what was shown last
 */
export function withLastKnown(view: ColonyView, before: ColonyView | undefined): Shown {
  if (view.status !== 'TopographyInitialized' || knowsWorld(view)) return { view, isOld: false };
  if (before?.status !== view.status || before.colonyInstanceId !== view.colonyInstanceId) {
    return { view, isOld: view.tick !== null };
  }
  const tick = before.tick ?? view.tick;
  return {
    view: {
      ...view,
      tick,
      backends: view.backends.length > 0 ? view.backends : before.backends,
      statistics: view.statistics ?? before.statistics,
      spec: view.spec ?? before.spec,
      rules: view.rules ?? before.rules,
    },
    isOld: tick !== null,
  };
}

/** Its tick is that of the record until every backend has told its own. */
const knowsWorld = ({ backends }: ColonyView): boolean =>
  backends.length > 0 && backends.every(({ tick }) => tick !== null);
