import type {
  BackendCompute,
  ComputeChange,
  ServiceState,
  TaskState,
} from '../../services/platform/compute/compute.ts';

/** Capacity in this process: tasks run when a test says so. */
export class MemoryCompute implements BackendCompute {
  /** Tasks that were ever there, by ARN. */
  readonly tasks = new Map<string, TaskState>();
  /** Every change that was made, in order. */
  readonly changes: ComputeChange[] = [];
  #service: ServiceState;

  constructor(service: Partial<ServiceState> = {}) {
    this.#service = { desired: 0, running: 0, pending: 0, spotShare: undefined, ...service };
  }

  /** As if tasks had come and gone. */
  set(change: Partial<ServiceState>): void {
    this.#service = { ...this.#service, ...change };
  }

  async describe(): Promise<ServiceState> {
    return { ...this.#service };
  }

  async scale({ desired, spotShare }: ComputeChange): Promise<void> {
    this.changes.push({ desired, ...(spotShare !== undefined && { spotShare }) });
    this.set({ desired, ...(spotShare !== undefined && { spotShare }) });
  }

  async statesOf(taskArns: readonly string[]): Promise<Map<string, TaskState>> {
    return new Map(taskArns.map((arn) => [arn, this.tasks.get(arn) ?? 'stopped']));
  }
}
