import { expect, test } from 'vitest';
import { permissionsByRole, policyLines, taskPermissions } from './support/policies.ts';
import {
  ECR_IMAGE,
  EMULATOR,
  propertiesOf,
  READY_IMAGE,
  templatesOf,
  text,
} from './support/synth.ts';

const { network, state, api, services, observability } = templatesOf({
  ...READY_IMAGE,
  colonyName: 'reef',
  alarmEmail: 'keeper@example.org',
});

const parameters = 'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/colony/reef';
const bucket = '<reef-state:SnapshotsArn>';
const ecs = 'arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>';
const permissions = permissionsByRole(services);

test('a coordinator may exactly this', () => {
  const table = '<reef-state:TableArn>';
  expect(permissions['CoordinatorTaskRole']).toEqual(
    [
      `dynamodb:BatchWriteItem on ${table}`,
      `dynamodb:GetItem on ${table}`,
      `dynamodb:PutItem on ${table}`,
      `dynamodb:Query on ${table}`,
      `ecs:DescribeServices on ${ecs}:service/<Cluster>/reef-backend`,
      `ecs:DescribeTasks on ${ecs}:task/<Cluster>/*`,
      `ecs:UpdateService on ${ecs}:service/<Cluster>/reef-backend`,
      `s3:DeleteObject on ${bucket}/checkpoints/reef/*`,
      `s3:DeleteObject on ${bucket}/pictures/reef/*`,
      `s3:GetObject on ${bucket}/checkpoints/reef/*`,
      `s3:DeleteObject on ${bucket}/statistics/reef/*`,
      `s3:GetObject on ${bucket}/statistics/reef/*`,
      `s3:PutObject on ${bucket}/statistics/reef/*`,
      `s3:GetObject on ${bucket}/pictures/reef/*`,
      `s3:ListBucket on ${bucket}`,
      `s3:PutObject on ${bucket}/checkpoints/reef/*`,
      `s3:PutObject on ${bucket}/pictures/reef/*`,
      `ssm:DeleteParameter on ${parameters}/backends/*`,
      `ssm:DeleteParameter on ${parameters}/coordinator`,
      `ssm:DeleteParameter on ${parameters}/coordinators/*`,
      `ssm:GetParameter on ${parameters}/coordinator`,
      `ssm:GetParameter on ${parameters}/coordinators/*`,
      `ssm:GetParametersByPath on ${parameters}/backends`,
      `ssm:GetParametersByPath on ${parameters}/coordinators`,
      `ssm:PutParameter on ${parameters}/coordinator`,
      `ssm:PutParameter on ${parameters}/coordinators/*`,
    ].sort(),
  );
});

test('a backend may exactly this', () => {
  expect(permissions['BackendTaskRole']).toEqual([
    `s3:GetObject on ${bucket}/checkpoints/reef/*`,
    `s3:ListBucket on ${bucket}`,
    `s3:PutObject on ${bucket}/checkpoints/reef/*`,
    `ssm:DeleteParameter on ${parameters}/backends/*`,
    `ssm:GetParameter on ${parameters}/backends/*`,
    `ssm:GetParameter on ${parameters}/coordinator`,
    `ssm:GetParametersByPath on ${parameters}/coordinators`,
    `ssm:PutParameter on ${parameters}/backends/*`,
  ]);
});

test.each(['Coordinator', 'Backend'])(
  'what starts a %s may only log and read the secret',
  (role) => {
    expect(permissions[`${role}ExecutionRole`]).toEqual([
      `logs:CreateLogStream on <${role}Log.Arn>`,
      `logs:PutLogEvents on <${role}Log.Arn>`,
      'secretsmanager:DescribeSecret on <RpcSecret>',
      'secretsmanager:GetSecretValue on <RpcSecret>',
    ]);
  },
);

test('what starts a task whose image was built here may also fetch that image', () => {
  const { services: building } = templatesOf({ colonyName: 'reef' });
  const repository =
    'arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository/cdk-hnb659fds-container-assets-<AWS::AccountId>-<AWS::Region>';
  const more = permissionsByRole(building)['BackendExecutionRole'];
  expect(more?.filter((line) => line.startsWith('ecr:'))).toEqual([
    `ecr:BatchCheckLayerAvailability on ${repository}`,
    `ecr:BatchGetImage on ${repository}`,
    'ecr:GetAuthorizationToken on *',
    `ecr:GetDownloadUrlForLayer on ${repository}`,
  ]);
});

test.each(['Coordinator', 'Backend'])(
  'what starts a %s may fetch the image that is named in a private registry',
  (role) => {
    const { services: fetching } = templatesOf({ ...ECR_IMAGE, colonyName: 'reef' });
    const repository = 'arn:<AWS::Partition>:ecr:eu-central-1:123456789012:repository/games/colony';
    const more = permissionsByRole(fetching)[`${role}ExecutionRole`];
    expect(more?.filter((line) => line.startsWith('ecr:'))).toEqual([
      `ecr:BatchCheckLayerAvailability on ${repository}`,
      `ecr:BatchGetImage on ${repository}`,
      'ecr:GetAuthorizationToken on *',
      `ecr:GetDownloadUrlForLayer on ${repository}`,
    ]);
  },
);

test.each([
  ['colony-boundary', 'arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/colony-boundary'],
  ['arn:aws:iam::123456789012:policy/it/edge', 'arn:aws:iam::123456789012:policy/it/edge'],
])('with the permissions boundary %s every role has it', (permissionsBoundary, arn) => {
  const templates = templatesOf({ ...READY_IMAGE, permissionsBoundary });
  const roles = Object.values(templates).flatMap((template) =>
    Object.values(propertiesOf(template, 'AWS::IAM::Role')),
  );
  expect(roles.length).toBeGreaterThan(4);
  for (const { PermissionsBoundary } of roles) expect(text(PermissionsBoundary)).toBe(arn);
});

test('the flow log may only write its own log', () => {
  const { VpcRefusedIAMRole: flowLog, ...others } = permissionsByRole(network);
  expect(others).toEqual({});
  expect(flowLog).toEqual([
    'logs:CreateLogStream on <FlowLogGroup.Arn>',
    'logs:DescribeLogStreams on <FlowLogGroup.Arn>',
    'logs:PutLogEvents on <FlowLogGroup.Arn>',
  ]);
});

test('no other stack has a role', () => {
  for (const template of [state, api, observability]) {
    expect(permissionsByRole(template)).toEqual({});
  }
  expect(Object.keys(permissions).sort()).toEqual([
    'BackendExecutionRole',
    'BackendTaskRole',
    'CoordinatorExecutionRole',
    'CoordinatorTaskRole',
  ]);
});

test('only tasks of this account act in the roles of the services', () => {
  for (const role of Object.values(propertiesOf(services, 'AWS::IAM::Role'))) {
    const [trust, ...others] = role.AssumeRolePolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(trust.Principal).toEqual({ Service: 'ecs-tasks.amazonaws.com' });
    expect(text(trust.Condition.StringEquals['aws:SourceAccount'])).toBe('<AWS::AccountId>');
    expect(text(trust.Condition.ArnLike['aws:SourceArn'])).toBe(`${ecs}:*`);
  }
});

test('the bucket refuses requests without TLS 1.2', () => {
  const [policy] = Object.values(propertiesOf(state, 'AWS::S3::BucketPolicy'));
  const all = ['<Snapshots.Arn>', '<Snapshots.Arn>/*'];
  expect(policyLines(policy.PolicyDocument)).toEqual(
    all
      .flatMap((resource) => [
        `Deny s3:* on ${resource} for {"AWS":"*"} if aws:SecureTransport Bool false`,
        `Deny s3:* on ${resource} for {"AWS":"*"} if s3:TlsVersion NumericLessThan 1.2`,
      ])
      .sort(),
  );
});

test('the topic refuses publishing without TLS', () => {
  const [policy] = Object.values(propertiesOf(observability, 'AWS::SNS::TopicPolicy'));
  const lines = policyLines(policy.PolicyDocument);
  expect(lines).toContain(
    'Deny sns:Publish on <AlarmsTopic> for "*" if aws:SecureTransport Bool false',
  );
  const allowed = lines.filter((line) => !line.startsWith('Deny '));
  expect(allowed).toEqual([
    'sns:Publish on <AlarmsTopic> for {"Service":"cloudwatch.amazonaws.com"} if aws:SourceAccount StringEquals <AWS::AccountId>',
  ]);
});

test('the permissions of the tasks can be listed by container', () => {
  expect(taskPermissions(services)).toEqual({
    coordinator: permissions['CoordinatorTaskRole'],
    backend: permissions['BackendTaskRole'],
  });
});

test('tasks may do in an emulator what they may do in AWS, and nothing else', () => {
  const { services: emulated } = templatesOf({ ...EMULATOR, colonyName: 'reef' });
  expect(taskPermissions(emulated)).toEqual(taskPermissions(services));
});
