import type { Target } from '../target.ts';
import { checkpointTargets } from './checkpoints.ts';
import { haloTargets } from './halos.ts';
import { peerTargets } from './peers.ts';
import { pictureTargets } from './pictures.ts';
import { publicApi } from './public-api.ts';
import { recordTargets } from './records.ts';
import { seriesTargets } from './series.ts';
import { settingTargets } from './settings.ts';
import { signedCallTargets } from './signed-calls.ts';
import { storeTargets } from './stores.ts';

/** All targets. */
export const TARGETS: readonly Target[] = [
  ...pictureTargets,
  ...haloTargets,
  ...checkpointTargets,
  ...seriesTargets,
  ...recordTargets,
  ...storeTargets,
  ...peerTargets,
  ...settingTargets,
  publicApi,
  ...signedCallTargets,
];

export function targetNamed(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target is named ${name}`);
  return target;
}
