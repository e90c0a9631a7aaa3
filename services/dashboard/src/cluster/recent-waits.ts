import { effect, signal } from '@preact/signals';
import type { BackendView } from '../../../protocol/api/public-api.ts';
import { colony } from '../state/colony.ts';
import { meanWaits, type Waits } from './mean-waits.ts';

const waits = signal<Waits>(new Map());

/** The backends with the means of what they waited for in place of the moment. */
export const withMeanWaits = (backends: readonly BackendView[]): BackendView[] =>
  backends.map((backend) => ({
    ...backend,
    waiting: waits.value.get(backend.bootId) ?? backend.waiting,
  }));

/** Takes the means until the function that it gives is called. */
export function followWaits(): () => void {
  let atMs = performance.now();
  waits.value = new Map();
  return effect(() => {
    const { backends = [] } = colony.value ?? {};
    const nowMs = performance.now();
    waits.value = meanWaits(waits.peek(), backends, nowMs - atMs);
    atMs = nowMs;
  });
}
