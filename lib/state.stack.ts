import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { OBJECT_PREFIXES, TABLE_KEYS } from '../services/protocol/common/names.ts';
import type { ColonyConfig } from './config-schema.ts';
import { acknowledge } from './constructs/acknowledge.ts';

export type StateStackProps = StackProps & { config: ColonyConfig };

/** What outlives every process: the table of the colony record, and a bucket for checkpoints. */
export class StateStack extends Stack {
  readonly table: TableV2;
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config, ...props }: StateStackProps) {
    super(scope, id, props);
    const { deletionProtection } = config;
    const removalPolicy = deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: TABLE_KEYS.partition, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEYS.sort, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection,
      removalPolicy,
    });
    this.bucket = new Bucket(this, 'Snapshots', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: lifecycle(config),
      removalPolicy,
    });
    acknowledge(this.bucket, {
      S1: 'A log of requests would grow with every checkpoint; CloudTrail data events record accesses where that is asked for.',
    });
    new CfnOutput(this, 'TableName', { value: this.table.tableName });
    new CfnOutput(this, 'BucketName', { value: this.bucket.bucketName });
  }
}

/**
 * Checkpoints never expire: a colony that stands for months goes on from its last one, and the leader
 * removes what is kept no more. Few of those that are older than COLD_CHECKPOINT go within the 30 days
 * that the colder class charges at the least; of younger ones most do.
 */
const COLD_CHECKPOINT = Duration.days(90);

function lifecycle({ colonyName, statisticsRetentionDays }: ColonyConfig): LifecycleRule[] {
  const toColder = (transitionAfter: Duration) => [
    { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter },
  ];
  return [
    { id: 'abandoned-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
    {
      id: 'checkpoints',
      prefix: OBJECT_PREFIXES.checkpoints(colonyName),
      transitions: toColder(COLD_CHECKPOINT),
    },
    {
      id: 'statistics',
      prefix: OBJECT_PREFIXES.statistics(colonyName),
      transitions: toColder(Duration.days(30)),
      expiration: Duration.days(statisticsRetentionDays),
    },
  ];
}
