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
  const stored = new Map<string, Date>();
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
    stored.set(Key, new Date());
    return {};
  });
  mock.on(GetObjectCommand).callsFake(async ({ Key, Range }) => {
    const object = objects.get(Key);
    if (object === undefined) throw new NoSuchKey({ message: 'no such key', $metadata: {} });
    const bytes = rangeOf(object, Range);
    if (bytes === undefined) throw refusal('InvalidRange', 416);
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
      .map((Key) => ({ Key, Size: objects.get(Key)?.byteLength, LastModified: stored.get(Key) }));
    const isTruncated = from + PAGE < keys.length;
    return { Contents, ...(isTruncated && { NextContinuationToken: String(from + PAGE) }) };
  });
  return { client, objects, mock, refusal };
}

/** As S3 cuts: a range that goes beyond the end has what is there, one that begins there is none. */
function rangeOf(object: Uint8Array, range: string | undefined): Uint8Array | undefined {
  if (range === undefined) return object;
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  const from = Number(first);
  return from < object.byteLength ? object.slice(from, Number(last) + 1) : undefined;
}
