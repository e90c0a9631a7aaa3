import type { Target } from '../target.ts';
import { pictureTargets } from './pictures.ts';

/** All targets. */
export const TARGETS: readonly Target[] = [...pictureTargets];

export function targetNamed(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target is named ${name}`);
  return target;
}
