import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createSnapshotStore,
  snapshotStoreConfig,
} from '../../../../services/platform/snapshots/create-snapshot-store.ts';
import { FileSnapshotStore } from '../../../../services/platform/snapshots/file-snapshot-store.ts';
import { S3SnapshotStore } from '../../../../services/platform/snapshots/s3-snapshot-store.ts';

const none = { dataDir: undefined, awsRegion: undefined, snapshotBucket: undefined };

test('on one machine snapshots are files below the data folder', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'colony-create-snapshots-'));
  try {
    const config = snapshotStoreConfig({ ...none, platform: 'local', dataDir });
    expect(config).toEqual({ kind: 'files', root: join(dataDir, 'snapshots') });
    const store = createSnapshotStore(structuredClone(config));
    expect(store).toBeInstanceOf(FileSnapshotStore);
    await store.putIfAbsent('a', Uint8Array.of(1));
    const there = await new FileSnapshotStore(join(dataDir, 'snapshots')).get('a', 1);
    expect(there).toEqual(Uint8Array.of(1));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('in AWS they are objects of the bucket, whatever data folder there is', () => {
  const config = snapshotStoreConfig({
    platform: 'aws',
    dataDir: '/data',
    awsRegion: 'eu-central-1',
    snapshotBucket: 'reef-snapshots',
  });
  expect(config).toEqual({ kind: 's3', bucket: 'reef-snapshots', region: 'eu-central-1' });
  expect(createSnapshotStore(structuredClone(config))).toBeInstanceOf(S3SnapshotStore);
});
