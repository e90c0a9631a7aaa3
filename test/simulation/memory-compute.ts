import type {
  BackendCompute,
  ComputeChange,
  ComputePicture,
  TaskState,
} from '../../services/platform/compute/compute.ts';

/** Capacity in this process: tasks run when a test says so. */
export class MemoryCompute implements BackendCompute {
  /** Tasks that were ever there, by ARN. */
  readonly tasks = new Map<string, TaskState>();
  /** Every change that was made, in order. */
  readonly changes: ComputeChange[] = [];
  #picture: ComputePicture;

  constructor(picture: Partial<ComputePicture> = {}) {
    this.#picture = { desired: 0, running: 0, pending: 0, spotShare: undefined, ...picture };
  }

  /** As if tasks had come and gone. */
  set(change: Partial<ComputePicture>): void {
    this.#picture = { ...this.#picture, ...change };
  }

  async describe(): Promise<ComputePicture> {
    return { ...this.#picture };
  }

  async scale({ desired, spotShare }: ComputeChange): Promise<void> {
    this.changes.push({ desired, ...(spotShare !== undefined && { spotShare }) });
    this.set({ desired, ...(spotShare !== undefined && { spotShare }) });
  }

  async statesOf(taskArns: readonly string[]): Promise<Map<string, TaskState>> {
    return new Map(taskArns.map((arn) => [arn, this.tasks.get(arn) ?? 'stopped']));
  }
}
