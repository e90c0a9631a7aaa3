/** The capacity that backends run on, as its manager sees it. */
export interface ServiceState {
  /** How many are asked for. */
  desired: number;
  running: number;
  /** Placed, and not running yet. */
  pending: number;
  /** The part of new tasks that goes to Spot, from 0 to 1; undefined where there is no choice. */
  spotShare: number | undefined;
}

/** What the leader changes; what is left out stays as it is. */
export interface ComputeChange {
  desired: number;
  /** Replaces every task that runs, one after another: ECS takes another share only so. */
  spotShare?: number;
}

/** `stopped`: it will never run again. */
export type TaskState = 'stopped' | 'alive';

/**
 * Where backends run. Every call may be repeated: a change that is there already changes nothing.
 * Errors are those of the adapter; the caller tries again at its next look.
 */
export interface BackendCompute {
  /** undefined: this colony does not scale its backends. */
  describe(): Promise<ServiceState | undefined>;
  scale(change: ComputeChange): Promise<void>;
  /** The states of those tasks that can be judged; of the others nothing is known. */
  statesOf(taskArns: readonly string[]): Promise<Map<string, TaskState>>;
}
