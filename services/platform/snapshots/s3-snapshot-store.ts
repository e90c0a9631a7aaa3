import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ColonyError } from '../../protocol/common/errors.ts';
import { type AwsAddress, awsClientConfig } from '../aws/aws-client.ts';
import {
  checkFolder,
  checkKey,
  checkRange,
  objectTooLarge,
  objectTooShort,
  plainBytes,
  type SnapshotInfo,
  type SnapshotStore,
} from './snapshot-store.ts';

/** Until an answer begins; sending an object has more, by its size. */
const REQUEST_TIMEOUT_MS = 20_000;
const SENT_BYTES_PER_MS = 4_000;
/** Without a byte for so long, an object will not come to its end. */
const STALLED_MS = 20_000;
/** Two conditional writes of one key at one moment: S3 tells one of them to come again. */
const CONFLICT_ATTEMPTS = 4;

/**
 * A client of the bucket. An endpoint other than the region's own is asked by path: its name has no
 * subdomains. What is sent and what comes back is checked against checksums.
 */
export function createS3Client(address: AwsAddress): S3Client {
  const { AWS_ENDPOINT_URL_S3: ofS3, AWS_ENDPOINT_URL: ofAll } = process.env;
  const endpoint = address.endpoint ?? ofS3 ?? ofAll;
  const config = awsClientConfig({ requestTimeoutMs: REQUEST_TIMEOUT_MS, ...address });
  return new S3Client({
    ...config,
    requestHandler: { ...config.requestHandler, socketTimeout: STALLED_MS },
    maxAttempts: 5,
    forcePathStyle: endpoint !== undefined && endpoint !== '',
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
  });
}

/** Objects in an S3 bucket. */
export class S3SnapshotStore implements SnapshotStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    const command = { Bucket: this.#bucket, Key: key, Body: bytes, IfNoneMatch: '*' };
    const requestTimeout = REQUEST_TIMEOUT_MS + Math.ceil(bytes.byteLength / SENT_BYTES_PER_MS);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(new PutObjectCommand(command), { requestTimeout });
        return true;
      } catch (error) {
        const status = statusOf(error);
        if (status === 412) return false;
        if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw bucketUnavailable(error);
      }
    }
  }

  async get(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    try {
      const { Body, ContentLength = Number.POSITIVE_INFINITY } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, ChecksumMode: 'ENABLED' }),
      );
      if (Body === undefined || ContentLength > maxBytes) {
        await Body?.transformToWebStream().cancel();
        throw objectTooLarge(key, ContentLength, maxBytes);
      }
      return plainBytes(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw bucketUnavailable(error);
    }
  }

  async getRange(
    key: string,
    offset: number,
    lengthBytes: number,
  ): Promise<Uint8Array | undefined> {
    checkKey(key);
    checkRange(offset, lengthBytes);
    const Range = `bytes=${offset}-${offset + lengthBytes - 1}`;
    try {
      const { Body, ContentLength } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range }),
      );
      if (Body === undefined || ContentLength !== lengthBytes) {
        await Body?.transformToWebStream().cancel();
        throw objectTooShort(key, offset, lengthBytes);
      }
      return plainBytes(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      if (statusOf(error) === 416) throw objectTooShort(key, offset, lengthBytes);
      throw bucketUnavailable(error);
    }
  }

  async list(folder: string): Promise<SnapshotInfo[]> {
    checkFolder(folder);
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: folder },
    );
    const found: SnapshotInfo[] = [];
    try {
      for await (const { Contents = [] } of pages) {
        for (const { Key: key = '', Size: sizeBytes = 0, LastModified } of Contents) {
          found.push({ key, sizeBytes, modifiedMs: LastModified?.getTime() ?? 0 });
        }
      }
    } catch (error) {
      throw bucketUnavailable(error);
    }
    return found;
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      throw bucketUnavailable(error);
    }
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** Whatever the SDK throws; what is wrong in itself stays what it is. */
function bucketUnavailable(error: unknown): unknown {
  const { name, code, message, $metadata } = error as {
    name?: string;
    code?: string;
    message?: string;
    $metadata?: object;
  };
  if ($metadata === undefined && code === undefined && name === 'Error') return error;
  const what = [name, code, message].filter(Boolean).join(': ');
  return new ColonyError('STORE_UNAVAILABLE', `the bucket does not answer: ${what}`, {
    cause: error,
  });
}
