import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { OBJECT_PREFIXES, SSM_PATHS } from '../../services/protocol/names.ts';
import type { Grant } from './acknowledge.ts';

/** What the tasks may do: each action is one that an adapter in services/platform calls. */

const BY_BOOT_ID = 'An entry is named by the boot id of its process, which nobody knows before.';
const BY_TICK = 'An object is named by instance, tick and boot id, which nobody knows before.';
const BY_TASK = 'The tasks of this cluster; their ids are made by ECS.';

/** `/colony/reef/backends` → the ARN of that parameter. */
function parameterArn(stack: Stack, path: string): string {
  return stack.formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: path.slice(1),
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

function allow(
  sid: string,
  actions: string[],
  resources: string[],
  { why }: { why?: string } = {},
): Grant {
  return {
    statement: new PolicyStatement({ sid, actions, resources }),
    ...(why !== undefined && { wildcardReason: why }),
  };
}

export interface CoordinatorResources {
  colonyName: string;
  tableArn: string;
  bucketArn: string;
  clusterName: string;
  backendServiceArn: string;
}

/** The table, the registry, the backend service, and the objects that it writes and prunes. */
export function coordinatorGrants(stack: Stack, o: CoordinatorResources): Grant[] {
  const backends = parameterArn(stack, SSM_PATHS.role(o.colonyName, 'backends'));
  const coordinators = parameterArn(stack, SSM_PATHS.role(o.colonyName, 'coordinators'));
  const leader = parameterArn(stack, SSM_PATHS.leader(o.colonyName));
  const tasks = stack.formatArn({
    service: 'ecs',
    resource: 'task',
    resourceName: `${o.clusterName}/*`,
  });
  const checkpoints = `${o.bucketArn}/${OBJECT_PREFIXES.checkpoints(o.colonyName)}*`;
  const statistics = `${o.bucketArn}/${OBJECT_PREFIXES.statistics(o.colonyName)}*`;
  return [
    allow(
      'Record',
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
      [o.tableArn],
    ),
    allow('ReadRegistry', ['ssm:GetParametersByPath'], [backends, coordinators]),
    allow('Register', ['ssm:PutParameter'], [`${coordinators}/*`, leader], { why: BY_BOOT_ID }),
    allow('LookAtOwnEntry', ['ssm:GetParameter'], [`${coordinators}/*`, leader], {
      why: BY_BOOT_ID,
    }),
    allow(
      'SweepRegistry',
      ['ssm:DeleteParameter'],
      [`${coordinators}/*`, `${backends}/*`, leader],
      {
        why: BY_BOOT_ID,
      },
    ),
    allow('ScaleBackends', ['ecs:DescribeServices', 'ecs:UpdateService'], [o.backendServiceArn]),
    allow('LookAtTasks', ['ecs:DescribeTasks'], [tasks], { why: BY_TASK }),
    allow(
      'Snapshots',
      ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      [checkpoints, statistics],
      { why: BY_TICK },
    ),
    allow('ListSnapshots', ['s3:ListBucket'], [o.bucketArn]),
  ];
}

/** Their own entries, the leader's, and the shards that they write to and restore from S3. */
export function backendGrants(stack: Stack, o: { colonyName: string; bucketArn: string }): Grant[] {
  const backends = parameterArn(stack, SSM_PATHS.role(o.colonyName, 'backends'));
  const coordinators = parameterArn(stack, SSM_PATHS.role(o.colonyName, 'coordinators'));
  const leader = parameterArn(stack, SSM_PATHS.leader(o.colonyName));
  const checkpoints = `${o.bucketArn}/${OBJECT_PREFIXES.checkpoints(o.colonyName)}*`;
  return [
    allow(
      'Register',
      ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
      [`${backends}/*`],
      { why: BY_BOOT_ID },
    ),
    allow('ReadRegistry', ['ssm:GetParametersByPath'], [coordinators]),
    allow('ReadLeader', ['ssm:GetParameter'], [leader]),
    allow('Checkpoints', ['s3:GetObject', 's3:PutObject'], [checkpoints], { why: BY_TICK }),
  ];
}
