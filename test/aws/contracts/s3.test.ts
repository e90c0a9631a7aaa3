import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, describe } from 'vitest';
import {
  createS3Client,
  S3SnapshotStore,
} from '../../../services/platform/snapshots/s3-snapshot-store.ts';
import { implementations, PATIENT, RUN } from '../../support/aws/second-opinions.ts';
import { snapshotStoreContract } from '../../support/contracts/snapshot-store-contract.ts';

describe.each(implementations('LocalStack'))('S3 at %s', (_name, endpoint) => {
  const client = createS3Client({ region: 'us-east-1', endpoint, ...PATIENT });
  let buckets = 0;
  afterAll(() => client.destroy());

  const create = async () => {
    const Bucket = `contract-${RUN}-${buckets++}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    return new S3SnapshotStore(client, Bucket);
  };
  snapshotStoreContract(create, { clockStepMs: 1_000 });
});
