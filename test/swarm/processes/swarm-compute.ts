import type {
  BackendCompute,
  ComputeChange,
  ServiceState,
  TaskState,
} from '../../../services/platform/compute/compute.ts';

/** What scales the backends of a run. */
export interface Capacity {
  running(): number;
  scaleTo(desired: number): void;
  isAlive(taskArn: string): boolean;
}

/** Capacity as its manager shows it: so many are asked for, and come and go by and by. */
export class SwarmCompute implements BackendCompute {
  readonly #capacity: Capacity;
  #desired = 0;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
  }

  async describe(): Promise<ServiceState> {
    const running = this.#capacity.running();
    const pending = Math.max(0, this.#desired - running);
    return { desired: this.#desired, running, pending, spotShare: undefined };
  }

  async scale({ desired }: ComputeChange): Promise<void> {
    this.#desired = desired;
    this.#capacity.scaleTo(desired);
  }

  async statesOf(taskArns: readonly string[]): Promise<Map<string, TaskState>> {
    return new Map(taskArns.map((arn) => [arn, this.#capacity.isAlive(arn) ? 'alive' : 'stopped']));
  }
}
