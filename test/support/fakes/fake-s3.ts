import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createS3Client } from '../../../services/platform/snapshots/s3-snapshot-store.ts';

const PAGE = 3;

/** One bucket, as far as it is used: conditional puts, pages of a listing. */
export function fakeS3(client = createS3Client({ region: 'local' })) {
  const objects = new Map<string, Uint8Array>();
  const mock = mockClient(client);
  const refusal = (name: string, httpStatusCode: number) =>
    new S3ServiceException({
      name,
      $fault: 'client',
      $metadata: { httpStatusCode },
      message: name,
    });

  mock.on(PutObjectCommand).callsFake(async ({ Key, Body, IfNoneMatch }) => {
    if (IfNoneMatch === '*' && objects.has(Key)) throw refusal('PreconditionFailed', 412);
    objects.set(Key, Body);
    return {};
  });
  mock.on(GetObjectCommand).callsFake(async ({ Key }) => {
    const bytes = objects.get(Key);
    if (bytes === undefined) throw new NoSuchKey({ message: 'no such key', $metadata: {} });
    return {
      ContentLength: bytes.byteLength,
      Body: {
        transformToByteArray: async () => bytes,
        transformToWebStream: () => new Response(bytes as Uint8Array<ArrayBuffer>).body,
      },
    };
  });
  mock.on(DeleteObjectCommand).callsFake(async ({ Key }) => {
    objects.delete(Key);
    return {};
  });
  mock.on(ListObjectsV2Command).callsFake(async ({ Prefix, ContinuationToken }) => {
    const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
    const from = ContinuationToken === undefined ? 0 : Number(ContinuationToken);
    const Contents = keys
      .slice(from, from + PAGE)
      .map((Key) => ({ Key, Size: objects.get(Key)?.byteLength }));
    const isTruncated = from + PAGE < keys.length;
    return { Contents, ...(isTruncated && { NextContinuationToken: String(from + PAGE) }) };
  });
  return { client, objects, mock, refusal };
}
