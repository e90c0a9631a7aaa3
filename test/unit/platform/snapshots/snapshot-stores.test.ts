import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { FileSnapshotStore } from '../../../../services/platform/snapshots/file-snapshot-store.ts';
import {
  createS3Client,
  S3SnapshotStore,
} from '../../../../services/platform/snapshots/s3-snapshot-store.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { snapshotStoreContract } from '../../../support/contracts/snapshot-store-contract.ts';
import { fakeS3 } from '../../../support/fakes/fake-s3.ts';

const bytes = Uint8Array.of(1, 2, 3);

describe('snapshots in memory', () => {
  snapshotStoreContract(async () => new MemorySnapshotStore());

  test('are copies: writing into the bytes later changes nothing', async () => {
    const store = new MemorySnapshotStore();
    const mine = Uint8Array.of(1);
    await store.putIfAbsent('a', mine);
    mine[0] = 2;
    const got = await store.get('a', 1);
    got?.fill(3);
    expect(await store.get('a', 1)).toEqual(Uint8Array.of(1));
  });
});

describe('snapshots in files', () => {
  const folders: string[] = [];
  const create = () => {
    const folder = mkdtempSync(join(tmpdir(), 'colony-snapshots-'));
    folders.push(folder);
    const root = join(folder, 'snapshots');
    return { root, store: new FileSnapshotStore(root) };
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  snapshotStoreContract(async () => create().store);

  test('are readable by their owner only', async () => {
    const { root, store } = create();
    await store.putIfAbsent('a/b', bytes);
    expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o600);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
    expect(statSync(root).mode & 0o777).toBe(0o700);
  });

  test('leave no file that is unfinished, and show none', async () => {
    const { root, store } = create();
    await store.putIfAbsent('a', bytes);
    await store.putIfAbsent('a', bytes);
    expect(readdirSync(root)).toEqual(['a']);
    writeFileSync(join(root, '.unfinished-x'), 'half');
    expect(await store.list('')).toMatchObject([{ key: 'a', sizeBytes: 3 }]);
  });

  test('leave no empty folder', async () => {
    const { root, store } = create();
    await store.putIfAbsent('a/b/c', bytes);
    await store.delete('a/b/c');
    expect(readdirSync(root)).toEqual([]);
  });

  test('are stored while others delete beside them', async () => {
    const { store } = create();
    const stored = Array.from({ length: 40 }, async (_, index) => {
      await store.putIfAbsent(`a/b/${index}`, bytes);
      await store.delete(`a/b/${index}`);
      return store.putIfAbsent(`a/b/${index}`, bytes);
    });
    expect(new Set(await Promise.all(stored))).toEqual(new Set([true]));
    expect(await store.list('a/b/')).toHaveLength(40);
  });

  test('that cannot be written are STORE_UNAVAILABLE', async () => {
    const { root } = create();
    const file = join(root, '..', 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    const store = new FileSnapshotStore(join(file, 'below'));
    await expect(store.putIfAbsent('a', bytes)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });
});

describe('snapshots in a bucket', () => {
  snapshotStoreContract(async () => new S3SnapshotStore(fakeS3().client, 'bucket'));

  test('are stored by one conditional write, again when another one is under way', async () => {
    const { client, mock, refusal } = fakeS3();
    mock.on(PutObjectCommand).rejectsOnce(refusal('ConditionalRequestConflict', 409)).resolves({});
    expect(await new S3SnapshotStore(client, 'bucket').putIfAbsent('a', bytes)).toBe(true);
    const inputs = mock.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
    expect(inputs).toEqual(
      Array.from({ length: 2 }, () => ({
        Bucket: 'bucket',
        Key: 'a',
        Body: bytes,
        IfNoneMatch: '*',
      })),
    );
  });

  test('conflicts without end, missing rights and a missing bucket are STORE_UNAVAILABLE', async () => {
    const { client, mock, refusal } = fakeS3();
    const store = new S3SnapshotStore(client, 'bucket');
    for (const [name, status] of [
      ['ConditionalRequestConflict', 409],
      ['AccessDenied', 403],
      ['NoSuchBucket', 404],
    ] as const) {
      mock.on(PutObjectCommand).rejects(refusal(name, status));
      await expect(store.putIfAbsent('a', bytes)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining(name),
      });
    }
    expect(mock.commandCalls(PutObjectCommand)).toHaveLength(4 + 1 + 1);
  });

  test('a large object has longer to be sent than a small one', async () => {
    const { client, mock } = fakeS3();
    const store = new S3SnapshotStore(client, 'bucket');
    await store.putIfAbsent('small', bytes);
    await store.putIfAbsent('large', new Uint8Array(40_000_000));
    const limits = mock.send.getCalls().map(({ args }) => (args as unknown[])[1]);
    expect(limits).toEqual([{ requestTimeout: 20_001 }, { requestTimeout: 30_000 }]);
  });

  describe('at an endpoint', () => {
    afterEach(() => vi.unstubAllEnvs());

    test('that breaks off amid an object are STORE_UNAVAILABLE', async () => {
      const server = createServer((_, response) => {
        response.writeHead(206, { 'content-length': '1000' });
        response.write('half', () => response.destroy());
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const client = createS3Client({ region: 'eu-north-1', endpoint });
      const store = new S3SnapshotStore(client, 'bucket');
      try {
        for (const reading of [() => store.getRange('a', 0, 1000), () => store.get('a', 1000)]) {
          await expect(reading()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        }
      } finally {
        client.destroy();
        server.closeAllConnections();
        server.close();
      }
    });

    test.each(['option', 'environment'])('of the %s are asked for by path', async (from) => {
      const seen: { target: string; headers: Record<string, unknown> }[] = [];
      const server = createServer((request, response) => {
        request.resume();
        seen.push({ target: `${request.method} ${request.url}`, headers: request.headers });
        response.end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
      if (from === 'environment') vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
      const client = createS3Client({
        region: 'eu-north-1',
        ...(from === 'option' && { endpoint }),
      });
      try {
        await new S3SnapshotStore(client, 'bucket').putIfAbsent('a/b', bytes);
        expect(seen.map(({ target }) => target)).toEqual(['PUT /bucket/a/b?x-id=PutObject']);
        expect(seen[0]?.headers).toMatchObject({ 'if-none-match': '*' });
        expect(Object.keys(seen[0]?.headers ?? {}).join()).toContain('x-amz-checksum-');
      } finally {
        client.destroy();
        server.closeAllConnections();
        server.close();
      }
    });
  });
});
