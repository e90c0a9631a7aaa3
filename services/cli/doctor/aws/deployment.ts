import type { Finding } from '../finding.ts';
import { ok, problem, warning } from '../finding.ts';

/** What ECS says of a colony, and what is judged of it; pure. */

export interface Deployment {
  cluster: string;
  /** undefined: the cluster has none. */
  coordinator: ServiceLook | undefined;
  backend: ServiceLook;
}

export interface ServiceLook {
  name: string;
  desired: number;
  running: number;
  pending: number;
  /** Why the newest deployment has failed. */
  failure?: string;
  /** What the service said last. */
  event?: string;
  /** Tasks that stopped within about an hour, the newest first. */
  stopped: StoppedTask[];
  /** What its tasks are told, without secrets. */
  environment: Readonly<Record<string, string>>;
}

export interface StoppedTask {
  id: string;
  /** ISO 8601. */
  at: string;
  /** Of ECS: TaskFailedToStart, EssentialContainerExited … */
  code: string;
  /** In words. */
  reason: string;
}

/** A task that was told to end, by somebody or by a change of the count, has no fault. */
const isFault = ({ code, reason }: StoppedTask): boolean =>
  !['UserInitiated', 'ServiceSchedulerInitiated'].includes(code) || /fail|unhealthy/i.test(reason);

/**
 * Whether a service has the tasks that it should have, and why the last one stopped by a fault.
 *
 * @param what `coordinator service`, for example
 */
export function serviceFinding(what: string, service: ServiceLook | undefined): Finding {
  if (service === undefined) {
    return problem(
      what,
      'it is not there',
      'deploy the stack NAME-services (`npx cdk deploy --all`)',
    );
  }
  const { name, desired, running, pending, failure, event, stopped } = service;
  const counts = `${running} of ${desired} tasks of ${name} run${pending > 0 ? `, ${pending} start` : ''}`;
  const last = stopped.find(isFault);
  const stop = last && `task ${last.id} stopped at ${last.at}: ${last.code}: ${last.reason}`;
  const says = [counts, failure, stop].filter((part) => part !== undefined).join('; ');
  const remedy = 'see its log (the output LogCommand of NAME-api) and docs/aws.md, under Alarms';
  if (failure !== undefined) return problem(what, says, remedy);
  if (running >= desired)
    return stop === undefined ? ok(what, counts) : warning(what, says, remedy);
  const why = event === undefined ? says : `${says}; ECS says: ${event}`;
  if (pending > 0 && stop === undefined) {
    return warning(what, why, 'wait: a task takes a minute or two to start');
  }
  return problem(what, why, remedy);
}
