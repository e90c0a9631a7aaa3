/**
 * The steps of a start that have an effect outside this process. Tests kill a coordinator just before or
 * after each of them, and check that the next leader completes the start.
 */
export const START_STAGES = [
  'put-spec',
  'claim',
  'discover',
  'put-topology',
  'set-topology',
  'initialize-colony',
  'initialize-topology',
  'initialize-shards',
  'complete',
  'fail',
  'start-ticking',
] as const;
export type StartStage = (typeof START_STAGES)[number];

/** Likewise for the steps that take an injected event to the event log. */
export const EVENT_STAGES = ['inject', 'log-event', 'events-logged'] as const;
/** Likewise for the steps that make the parts of a checkpoint one. */
export const CHECKPOINT_STAGES = ['put-manifest', 'set-checkpoint'] as const;
type Stage = StartStage | (typeof EVENT_STAGES)[number] | (typeof CHECKPOINT_STAGES)[number];
export type StagePoint = `before:${Stage}` | `after:${Stage}`;

/** Called at each point; an injected hook may end the process there. */
export type StageHook = (point: StagePoint) => void | Promise<void>;

export const NO_STAGE_HOOK: StageHook = () => {};

/** Runs one step between its two points. */
export async function atStage<T>(
  hook: StageHook,
  stage: Stage,
  step: () => Promise<T>,
): Promise<T> {
  await hook(`before:${stage}`);
  const result = await step();
  await hook(`after:${stage}`);
  return result;
}
