import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Docker engine's command line. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, {
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  });
  return stdout.trim();
}

/** A running container of an ECS task. */
export interface TaskContainer {
  id: string;
  name: 'coordinator' | 'backend';
  taskArn: string;
  address: string;
}

interface Inspected {
  Id: string;
  Config: { Labels: Record<string, string> };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

/** The containers that run for a cluster, in no order. */
export async function taskContainers(cluster: string): Promise<TaskContainer[]> {
  const ids = await docker('ps', '--quiet', '--filter', 'label=com.amazonaws.ecs.task-arn');
  const found = await Promise.all(ids.split('\n').filter(Boolean).map(inspect));
  return found.flatMap((container) => {
    const labels = container?.Config.Labels ?? {};
    if (!labels['com.amazonaws.ecs.cluster']?.endsWith(`/${cluster}`)) return [];
    return [
      {
        id: container?.Id ?? '',
        name: labels['com.amazonaws.ecs.container-name'] as TaskContainer['name'],
        taskArn: labels['com.amazonaws.ecs.task-arn'] ?? '',
        address: Object.values(container?.NetworkSettings.Networks ?? {})[0]?.IPAddress ?? '',
      },
    ];
  });
}

/** undefined: it has gone meanwhile. */
async function inspect(id: string): Promise<Inspected | undefined> {
  const found = await docker('inspect', id).catch(() => '[]');
  return (JSON.parse(found) as Inspected[])[0];
}

/** The last lines that containers of tasks wrote, for the report of a failure. */
export async function lastLines(cluster: string): Promise<string> {
  const containers = await taskContainers(cluster);
  const logs = containers.map(async ({ id, name }) => {
    const log = await run('docker', ['logs', '--tail', '12', id]).catch(() => undefined);
    return `--- ${name} ${id.slice(0, 12)}\n${log?.stdout ?? ''}${log?.stderr ?? ''}`;
  });
  return (await Promise.all(logs)).join('\n');
}
