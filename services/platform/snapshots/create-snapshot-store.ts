import { FileSnapshotStore, snapshotsFolder } from './file-snapshot-store.ts';
import { createS3Client, S3SnapshotStore } from './s3-snapshot-store.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** Where the snapshots of a colony are: plain values, so that each thread can make a store of its own. */
export type SnapshotStoreConfig =
  | { kind: 'files'; root: string }
  | { kind: 's3'; bucket: string; region: string; endpoint?: string };

/**
 * In the data folder on the platform local, in the bucket on the platform aws. The configuration has been
 * parsed: what its platform needs is there.
 */
export function snapshotStoreConfig(config: {
  platform: 'local' | 'aws';
  dataDir: string | undefined;
  awsRegion: string | undefined;
  snapshotBucket: string | undefined;
}): SnapshotStoreConfig {
  const { platform, dataDir = '', awsRegion: region = '', snapshotBucket: bucket = '' } = config;
  return platform === 'local'
    ? { kind: 'files', root: snapshotsFolder(dataDir) }
    : { kind: 's3', bucket, region };
}

/** For as long as the process lives; the endpoint of a bucket without one is that of the environment. */
export function createSnapshotStore(config: SnapshotStoreConfig): SnapshotStore {
  if (config.kind === 'files') return new FileSnapshotStore(config.root);
  const { bucket, region, endpoint } = config;
  return new S3SnapshotStore(createS3Client({ region, endpoint }), bucket);
}
