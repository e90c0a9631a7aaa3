import {
  type SpanAttributes,
  type Tracing,
  tracedPart,
} from '../../platform/observability/tracing.ts';

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
export interface StageHook {
  (point: StagePoint): void | Promise<void>;
  /** Told of each step, where it is a part of something that is traced. @default nobody is */
  readonly tracing?: Tracing | undefined;
}

export const NO_STAGE_HOOK: StageHook = () => {};

/** Runs one step between its two points. */
export function atStage<T>(
  hook: StageHook,
  stage: Stage,
  step: () => Promise<T>,
  attributes: SpanAttributes = {},
): Promise<T> {
  return tracedPart(hook.tracing, stage, attributes, async () => {
    await hook(`before:${stage}`);
    const result = await step();
    await hook(`after:${stage}`);
    return result;
  });
}

/** The same hook, whose steps are traced. */
export const withTracing = (hook: StageHook, tracing: Tracing | undefined): StageHook =>
  Object.assign((point: StagePoint) => hook(point), { tracing });
