/** What a launch goes through, in order. */
export const STEPS = ['store', 'coordinators', 'backends', 'start'] as const;

export interface StepsState {
  /** Index into STEPS; STEPS.length when all are done. */
  current: number;
  /** What the current step works on. */
  detail: string;
  /** Milliseconds of the same clock as the events' times. */
  startedMs: number;
}

export type StepEvent =
  | { type: 'detail'; text: string }
  /** The current step is done; `text` is its result. */
  | { type: 'done'; text: string; nowMs: number };

export function firstStep(nowMs: number): StepsState {
  return { current: 0, detail: '', startedMs: nowMs };
}

/** Pure: the next state, and the line to leave behind when a step is done. */
export function nextStep(
  state: StepsState,
  event: StepEvent,
): { state: StepsState; line?: string } {
  const step = STEPS[state.current];
  if (step === undefined) return { state };
  if (event.type === 'detail') return { state: { ...state, detail: event.text } };
  const tookMs = Math.max(0, Math.round(event.nowMs - state.startedMs));
  return {
    state: { current: state.current + 1, detail: '', startedMs: event.nowMs },
    line: `✓ ${step.padEnd(12)} ${event.text} (${tookMs} ms)`,
  };
}

/** The line that is redrawn on a terminal while a step is under way. */
export function progressLine({ current, detail }: StepsState): string {
  const step = STEPS[current];
  if (step === undefined) return '';
  const done = '■'.repeat(current) + '□'.repeat(STEPS.length - current);
  return `${done} ${step}${detail === '' ? '' : `: ${detail}`}`;
}
