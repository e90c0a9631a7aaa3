import { computed, signal } from '@preact/signals';
import * as api from '../api/client.ts';
import { colony } from '../state/colony.ts';
import { ask, Intent } from './intent.ts';
import { ticksTo } from './step-target.ts';

/** How many ticks a step does, where it does not go to a tick. */
export const stepTicks = signal(1);
/** The tick that a step goes to, as it is typed; undefined: it does some ticks. */
export const stepTo = signal<string | undefined>(undefined);

/** The colony can be paused, resumed and paced. */
export const canRun = computed(
  () => colony.value?.status === 'TopographyInitialized' && colony.value.phase !== 'Failed',
);
/** It stands because it was paused: a step goes on until its end, or until it is paused. */
export const stands = computed(
  () => colony.value?.paused === true && colony.value.phase !== 'Ticking',
);
/** How many ticks the next step is; undefined: the tick to go to is not ahead, or too far. */
const nextStepTicks = computed(() => {
  if (stepTo.value === undefined) return stepTicks.value;
  const tick = colony.value?.tick ?? undefined;
  // Of a step that is under way it is not known from where the next one goes on.
  if (tick === undefined || !stands.value) return undefined;
  return ticksTo(stepTo.value, tick);
});
export const canStep = computed(
  () => canRun.value && colony.value?.paused === true && nextStepTicks.value !== undefined,
);
export const canStart = computed(
  () => colony.value?.status === 'NotInitialized' && colony.value.phase !== 'Stopping',
);

const stepIntent = new Intent();

export function pauseOrResume(): void {
  if (!canRun.value) return;
  void ask('run', stands.value ? api.resume : api.pause);
}

export function step(): void {
  const ticks = nextStepTicks.value;
  if (!canStep.value || ticks === undefined) return;
  void ask('run', () => stepIntent.carryOut(ticks, (key) => api.step(key, ticks)));
}

/** @param ticksPerSecond null: as fast as possible. */
export function setPace(ticksPerSecond: number | null): void {
  if (canRun.value) void ask('run', () => api.setPace(ticksPerSecond));
}
