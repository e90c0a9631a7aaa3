import { expect, test } from 'vitest';
import type { RecordedCall } from '../../support/aws/recorded-calls.ts';
import { compare, neededBy, withValues } from '../../support/aws/used-permissions.ts';

const call = (service: string, action: string, parameters: object): RecordedCall => ({
  service,
  action,
  account: '000000000000',
  region: 'us-east-1',
  parameters: { ...parameters },
});
const at = (service: string) => `arn:aws:${service}:us-east-1:000000000000`;

test.each([
  [
    call('dynamodb', 'Query', { TableName: 'reef' }),
    `dynamodb:Query on ${at('dynamodb')}:table/reef`,
  ],
  [
    call('ssm', 'GetParameter', { Name: '/colony/reef/coordinator' }),
    `ssm:GetParameter on ${at('ssm')}:parameter/colony/reef/coordinator`,
  ],
  [
    call('ssm', 'GetParametersByPath', { Path: '/colony/reef/backends' }),
    `ssm:GetParametersByPath on ${at('ssm')}:parameter/colony/reef/backends`,
  ],
  [
    call('ecs', 'UpdateService', { cluster: 'c', service: 'b', desiredCount: 2 }),
    `ecs:UpdateService on ${at('ecs')}:service/c/b`,
  ],
  [
    call('ecs', 'DescribeServices', { cluster: 'c', services: ['b'] }),
    `ecs:DescribeServices on ${at('ecs')}:service/c/b`,
  ],
])('a call needs its action on the resource that it names', (made, needed) => {
  expect(neededBy(made)).toEqual([needed]);
});

test('a call that names several resources needs each of them', () => {
  const tasks = [`${at('ecs')}:task/c/1`, `${at('ecs')}:task/c/2`];
  expect(neededBy(call('ecs', 'DescribeTasks', { cluster: 'c', tasks }))).toEqual(
    tasks.map((arn) => `ecs:DescribeTasks on ${arn}`),
  );
});

test('calls of a bucket need their object, or the bucket; a look at an object needs both', () => {
  const bucketName = 'reef';
  const key = 'checkpoints/reef/1';
  const needed = (action: string, parameters: object) => neededBy(call('s3', action, parameters));
  expect(needed('PutObject', { bucketName, key })).toEqual([
    's3:PutObject on arn:aws:s3:::reef/checkpoints/reef/1',
  ]);
  expect(needed('GetObject', { bucketName, key })).toEqual([
    's3:GetObject on arn:aws:s3:::reef/checkpoints/reef/1',
    's3:ListBucket on arn:aws:s3:::reef',
  ]);
  expect(needed('ListObjectsV2', { bucketName })).toEqual(['s3:ListBucket on arn:aws:s3:::reef']);
  expect(needed('PutObject', {})).toEqual(['s3:PutObject on an unknown resource']);
});

test('a call of a service that is not known needs what no policy has', () => {
  const needed = neededBy(call('sqs', 'SendMessage', {}));
  expect(compare(needed, ['sqs:SendMessage on arn:*']).missing).toEqual(needed);
});

test('references of a template are replaced by what was deployed', () => {
  const line = 'ecs:DescribeTasks on arn:<AWS::Partition>:ecs:task/<Cluster>/*';
  expect(withValues(line, { 'AWS::Partition': 'aws', Cluster: 'reef' })).toBe(
    'ecs:DescribeTasks on arn:aws:ecs:task/reef/*',
  );
  expect(() => withValues(line, { Cluster: 'reef' })).toThrow('AWS::Partition');
});

test('a call that is not granted is missing', () => {
  const needed = ['ssm:PutParameter on p/backends/1', 'ssm:PutParameter on p/coordinators/1'];
  expect(compare(needed, ['ssm:PutParameter on p/backends/*'])).toEqual({
    missing: ['ssm:PutParameter on p/coordinators/1'],
    unused: [],
  });
});

test('a grant that no call needed is unused, by its resource too', () => {
  const granted = [
    'ssm:GetParameter on p/a/*',
    'ssm:GetParameter on p/b',
    'ssm:PutParameter on p/b',
  ];
  expect(compare(['ssm:GetParameter on p/b', 'ssm:GetParameter on p/b'], granted)).toEqual({
    missing: [],
    unused: ['ssm:GetParameter on p/a/*', 'ssm:PutParameter on p/b'],
  });
});

test('nothing but the star of a grant is a pattern', () => {
  expect(compare(['ssm:GetParameter on pXb'], ['ssm:GetParameter on p.b']).missing).toHaveLength(1);
});
