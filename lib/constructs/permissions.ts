import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { OBJECT_PREFIXES, SSM_PATHS } from '../../services/protocol/common/names.ts';
import type { Grant } from './acknowledge.ts';

/**
 * What the tasks may do: exactly what they call, which test/aws holds against the calls of a whole
 * deployment. Of the bucket they reach what is the colony's, and backends its checkpoints alone.
 */

const OBJECT_ACTIONS = ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'];

const BY_BOOT_ID =
  'An entry is named by the boot id of its process, which is not known in advance.';
const BY_CHECKPOINT = 'An object is named by the tick and the process that wrote it.';
const BY_SEGMENT = 'An object is named by the tick that its rows begin with.';
const BY_TICK = 'A picture is named by its tick.';
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

/**
 * Objects of checkpoints. Without the right to list, S3 answers a look at an object that is not there as
 * one that is forbidden; it must have no condition on the prefix, for such a look has none. The bucket is
 * the colony's own.
 */
function checkpointGrants(o: BucketResources, actions: string[]): Grant[] {
  const objects = `${o.bucketArn}/${OBJECT_PREFIXES.checkpoints(o.colonyName)}*`;
  return [
    allow('Checkpoints', actions, [objects], { why: BY_CHECKPOINT }),
    allow('SeeWhichAreThere', ['s3:ListBucket'], [o.bucketArn]),
  ];
}

export interface BucketResources {
  colonyName: string;
  bucketArn: string;
}

export interface CoordinatorResources extends BucketResources {
  tableArn: string;
  clusterName: string;
  backendServiceArn: string;
}

/** The table, the registry, the backend service, checkpoints, pictures and statistics, which the leader removes too. */
export function coordinatorGrants(stack: Stack, o: CoordinatorResources): Grant[] {
  const backends = parameterArn(stack, SSM_PATHS.role(o.colonyName, 'backends'));
  const coordinators = parameterArn(stack, SSM_PATHS.role(o.colonyName, 'coordinators'));
  const leader = parameterArn(stack, SSM_PATHS.leader(o.colonyName));
  const tasks = stack.formatArn({
    service: 'ecs',
    resource: 'task',
    resourceName: `${o.clusterName}/*`,
  });
  const statistics = `${o.bucketArn}/${OBJECT_PREFIXES.statistics(o.colonyName)}*`;
  const pictures = `${o.bucketArn}/${OBJECT_PREFIXES.pictures(o.colonyName)}*`;
  return [
    allow(
      'Record',
      ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
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
    ...checkpointGrants(o, OBJECT_ACTIONS),
    allow('Statistics', OBJECT_ACTIONS, [statistics], { why: BY_SEGMENT }),
    allow('Pictures', OBJECT_ACTIONS, [pictures], { why: BY_TICK }),
  ];
}

/** Their own entries, those of coordinators to read, and checkpoints. */
export function backendGrants(stack: Stack, o: BucketResources): Grant[] {
  const { colonyName } = o;
  const backends = parameterArn(stack, SSM_PATHS.role(colonyName, 'backends'));
  const coordinators = parameterArn(stack, SSM_PATHS.role(colonyName, 'coordinators'));
  const leader = parameterArn(stack, SSM_PATHS.leader(colonyName));
  return [
    allow(
      'Register',
      ['ssm:DeleteParameter', 'ssm:GetParameter', 'ssm:PutParameter'],
      [`${backends}/*`],
      { why: BY_BOOT_ID },
    ),
    allow('ReadRegistry', ['ssm:GetParametersByPath'], [coordinators]),
    allow('ReadLeader', ['ssm:GetParameter'], [leader]),
    ...checkpointGrants(o, ['s3:GetObject', 's3:PutObject']),
  ];
}
