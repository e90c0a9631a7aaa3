import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { propertiesOf, READY_IMAGE, templatesOf } from './support/synth.ts';

const { state } = templatesOf();
const unprotected = templatesOf({ ...READY_IMAGE, deletionProtection: false }).state;
const KEPT = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket'];

test('the record has a table with a partition and a sort key, paid on demand', () => {
  state.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
});

test('the table can be brought back to any second of the last days', () => {
  state.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
  });
});

test.each(KEPT)('%s stays when the stack goes', (type) => {
  state.hasResource(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

test.each(KEPT)('without deletion protection %s goes with the stack', (type) => {
  unprotected.hasResource(type, { DeletionPolicy: 'Delete' });
});

test.each([
  [true, state],
  [false, unprotected],
])('deletion protection %s is what the table has', (on, template) => {
  template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    Replicas: [Match.objectLike({ DeletionProtectionEnabled: on })],
  });
});

test('the bucket is encrypted and not reachable from outside', () => {
  state.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      ],
    },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
});

test('checkpoints never expire, statistics do, abandoned uploads soon', () => {
  const { state: template } = templatesOf({ ...READY_IMAGE, statisticsRetentionDays: 90 });
  const [bucket] = Object.values(propertiesOf(template, 'AWS::S3::Bucket'));
  const toColder = (days: number) => [{ StorageClass: 'STANDARD_IA', TransitionInDays: days }];
  expect(bucket.LifecycleConfiguration.Rules).toEqual([
    {
      Id: 'abandoned-uploads',
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
    {
      Id: 'checkpoints',
      Status: 'Enabled',
      Prefix: 'checkpoints/colony/',
      Transitions: toColder(90),
    },
    {
      Id: 'statistics',
      Status: 'Enabled',
      Prefix: 'statistics/colony/',
      Transitions: toColder(30),
      ExpirationInDays: 90,
    },
  ]);
});

test('the stack says what table and bucket are called', () => {
  expect(Object.keys(state.findOutputs('*'))).toEqual(
    expect.arrayContaining(['TableName', 'BucketName']),
  );
});
