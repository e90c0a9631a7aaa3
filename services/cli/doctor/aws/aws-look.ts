import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { awsClientConfig } from '../../../platform/aws/aws-client.ts';
import { createDynamoClient } from '../../../platform/aws/dynamo-client.ts';
import { createEcsClient } from '../../../platform/compute/ecs-compute.ts';
import { createPinoLog } from '../../../platform/observability/pino-log.ts';
import { DynamoRecordStore } from '../../../platform/record/dynamo-record-store.ts';
import { createSsmClient, SsmRegistry } from '../../../platform/registry/ssm-registry.ts';
import { createS3Client } from '../../../platform/snapshots/s3-snapshot-store.ts';
import { OBJECT_PREFIXES } from '../../../protocol/common/names.ts';
import { lookAtColony } from '../colony-look.ts';
import type { DateSample } from '../machine-findings.ts';
import type { AwsLook, Identity } from './aws-checks.ts';
import { lookAtDeployment } from './ecs-look.ts';

/** An identity may come from a service that takes its time. */
const REQUEST_TIMEOUT_MS = 10_000;

export interface AwsLookOptions {
  region: string;
  colonyName: string;
  /** What an address is asked with. */
  sendTo: (url: string) => typeof fetch;
}

/** AWS as it is, or as the endpoints of the environment say. */
export function awsLook({ region, colonyName, sendTo }: AwsLookOptions): AwsLook {
  const address = { region };
  const nowMs = () => Date.now();
  return {
    identity: () => callerIdentity(address, nowMs),
    deployment: () => lookAtDeployment(createEcsClient(address), colonyName),
    record: (table) => new DynamoRecordStore(createDynamoClient(address), table, colonyName).read(),
    async registry() {
      const log = createPinoLog({ level: 'silent' });
      const registry = new SsmRegistry(createSsmClient(address), colonyName, log);
      const coordinators = await registry.list('coordinators');
      return { coordinators, backends: await registry.list('backends') };
    },
    async bucket(name) {
      const Prefix = OBJECT_PREFIXES.checkpoints(colonyName);
      await createS3Client(address).send(
        new ListObjectsV2Command({ Bucket: name, Prefix, MaxKeys: 1 }),
      );
    },
    colony: (url) => lookAtColony(url, { send: sendTo(url), nowMs }),
  };
}

/**
 * Whose credentials these are, and what time it is for AWS. An answer that refuses a wrong clock tells the time too,
 * by which the SDK signs its next attempt.
 */
export async function callerIdentity(
  address: { region: string; endpoint?: string },
  nowMs: () => number,
): Promise<Identity> {
  const client = new STSClient(
    awsClientConfig({ requestTimeoutMs: REQUEST_TIMEOUT_MS, ...address }),
  );
  let date: DateSample | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentMs = nowMs();
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      const dateMs = Date.parse(headers?.['date'] ?? '');
      if (Number.isFinite(dateMs)) date = { dateMs, sentMs, receivedMs: nowMs() };
      return result;
    },
    // Nearest to the wire.
    { step: 'deserialize', priority: 'low', name: 'readDate' },
  );
  const found = await client.send(new GetCallerIdentityCommand({})).then(
    ({ Arn = '' }) => ({ arn: Arn }),
    (error: unknown) => ({ error }),
  );
  return { ...found, ...(date && { date }) };
}

/** Where the SDK finds one: variables and profiles. Rejects if nothing says which. */
export function defaultRegion(): Promise<string> {
  const { region: _, ...config } = awsClientConfig({ region: '' });
  return new STSClient(config).config.region();
}
