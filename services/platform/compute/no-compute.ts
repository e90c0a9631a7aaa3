import type { BackendCompute, ServiceState, TaskState } from './compute.ts';

/** Backends that somebody else starts and ends: the launcher of a local colony does. */
export class NoCompute implements BackendCompute {
  async describe(): Promise<ServiceState | undefined> {
    return undefined;
  }

  async scale(): Promise<void> {
    throw new Error('there is nothing to scale');
  }

  async statesOf(): Promise<Map<string, TaskState>> {
    return new Map();
  }
}
