import { computed, signal } from '@preact/signals';
import * as api from '../api/client.ts';
import { colony } from '../state/colony.ts';
import { ask, Intent } from './intent.ts';

/** How many ticks a step does. */
export const stepTicks = signal(1);

/** The colony can be paused, resumed and paced. */
export const canRun = computed(
  () => colony.value?.status === 'TopographyInitialized' && colony.value.phase !== 'Failed',
);
/** It stands because it was paused: a step goes on until its end, or until it is paused. */
export const stands = computed(
  () => colony.value?.paused === true && colony.value.phase !== 'Ticking',
);
export const canStep = computed(() => canRun.value && colony.value?.paused === true);
export const canStart = computed(
  () => colony.value?.status === 'NotInitialized' && colony.value.phase !== 'Stopping',
);

const stepIntent = new Intent();

export function pauseOrResume(): void {
  if (!canRun.value) return;
  void ask('run', stands.value ? api.resume : api.pause);
}

export function step(): void {
  if (!canStep.value) return;
  const ticks = stepTicks.value;
  void ask('run', () => stepIntent.carryOut(ticks, (key) => api.step(key, ticks)));
}

/** @param ticksPerSecond null: as fast as possible. */
export function setPace(ticksPerSecond: number | null): void {
  if (canRun.value) void ask('run', () => api.setPace(ticksPerSecond));
}
