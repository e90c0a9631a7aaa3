import type { LastContact } from './last-contact.ts';

/** Longer than outages of a service in one region usually are; see `healthProblem`. */
export const RECORD_PATIENCE_MS = 15 * 60_000;

/**
 * Why a process is not healthy, for `/healthz`; undefined when it is. ECS replaces a task whose health
 * check fails, and counts it against a new version that is being deployed. So there are two rules:
 *
 * - **Until it has been registered and has read the record once, a process is not healthy.** A broken
 *   build, one without the permissions or with the wrong names, never gets so far: its tasks fail
 *   their health checks and the circuit breaker rolls back. If they were healthy for even a moment,
 *   the deployment would count as done, and nothing would come back by itself. It costs little: such
 *   a process holds nothing, and the tasks of the version before go on meanwhile.
 * - **After that, only a coordinator's record counts, and only after 15 minutes.** An outage of DynamoDB
 *   for some minutes ends no task. A longer one ends coordinators one by one, which hold nothing that
 *   is not in the record: a new process has new connections and credentials, which may be what is
 *   wrong. Backends hold the world: to end one brings it to stand, while a registry that is
 *   away costs nothing, because the leader knows their addresses. So nothing makes them unhealthy again.
 */
export function healthProblem(contacts: {
  registry: LastContact;
  /** Of a coordinator. */
  record?: LastContact;
}): string | undefined {
  const { registry, record } = contacts;
  if (registry.silentMs === undefined) return 'this process has not been registered yet';
  if (record === undefined) return undefined;
  const { silentMs } = record;
  if (silentMs === undefined) return 'the colony record has not been read yet';
  if (silentMs < RECORD_PATIENCE_MS) return undefined;
  return `the colony record has not answered for ${Math.floor(silentMs / 60_000)} minutes`;
}
