import { COLONY_NAME } from '../../protocol/common/names.ts';
import { LOG_LEVELS } from '../observability/pino-log.ts';
import { optional, required, withDefault } from './config.ts';
import { choice, integer, text, url } from './config-values.ts';

const HOST = /^[A-Za-z0-9._:-]{1,253}$/;
const HOST_EXPECTED = 'a host name or IP literal without a port';
export const PORT = integer(0, 65_535);

/** What coordinators and backends are both told. */
export const COMMON_OPTIONS = {
  colonyName: withDefault(
    text(COLONY_NAME, '1 to 31 of a–z, 0–9 and -, a letter first'),
    'colony',
    'Names the colony: processes of one name find each other and share one record.',
  ),
  processName: optional(
    text(/^[a-z][a-z0-9-]{0,62}$/, '1 to 63 of a–z, 0–9 and -, a letter first'),
    'Names this process for people, also after it was started again: no two processes of a colony may have one name. Without it: made from the boot id, another one at each start.',
  ),
  platform: withDefault(
    choice(['local', 'aws']),
    'local',
    'Where the registry is: files in the data folder, or SSM parameters.',
  ),
  dataDir: optional(
    text(/^[^\0]{1,4096}$/, 'a path'),
    'The data folder; needed on the platform local.',
  ),
  awsRegion: optional(
    text(/^[a-z0-9-]{1,32}$/, 'a region, for example eu-central-1'),
    'Region of table, parameters and bucket; needed on the platform aws. AWS_REGION is looked at last.',
    { fallbackEnv: 'AWS_REGION' },
  ),
  snapshotBucket: optional(
    text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'),
    'The S3 bucket of the checkpoints; needed on the platform aws. On the platform local they are in the data folder.',
  ),
  host: withDefault(text(HOST, HOST_EXPECTED), '127.0.0.1', 'The address to listen on.'),
  advertisedAddress: optional(
    text(HOST, HOST_EXPECTED),
    'The address under which others reach this process. Without it: the host it listens on, or in AWS the address of the task.',
  ),
  rpcSecret: required(
    text(/^[\x21-\x7e]{16,512}$/, '16 to 512 printable characters'),
    'Signs the calls between the processes of one colony: the same for all of them.',
    { isSecret: true },
  ),
  logLevel: withDefault(choice(LOG_LEVELS), 'info', 'The least level of lines that are logged.'),
  logFile: optional(
    text(/^[^\0]{1,4096}$/, 'a path'),
    'Where lines are appended; more than 10 MB are put aside as FILE.1. Without it they go to standard output.',
  ),
  otlpEndpoint: optional(
    url,
    'Address of an OpenTelemetry collector (OTLP over HTTP, without /v1/traces), which is told of starts and recoveries as traces. Without it nobody is. OTEL_EXPORTER_OTLP_ENDPOINT is looked at last.',
    { fallbackEnv: 'OTEL_EXPORTER_OTLP_ENDPOINT' },
  ),
  drainMs: withDefault(
    integer(0, 110_000),
    0,
    'How long a process that is told to end waits for requests under way; new ones are refused. 0: they are cut off.',
  ),
} as const;

/** What the platform needs and is not set. */
export function platformProblem(config: {
  platform: 'local' | 'aws';
  dataDir: string | undefined;
  awsRegion: string | undefined;
  snapshotBucket: string | undefined;
}): string | undefined {
  const { platform, dataDir, awsRegion, snapshotBucket } = config;
  if (platform === 'local' && dataDir === undefined) {
    return 'COLONY_DATA_DIR is not set, expected a path on the platform local';
  }
  if (platform === 'aws' && awsRegion === undefined) {
    return 'COLONY_AWS_REGION is not set, expected a region on the platform aws';
  }
  if (platform === 'aws' && snapshotBucket === undefined) {
    return 'COLONY_SNAPSHOT_BUCKET is not set, expected the name of a bucket on the platform aws';
  }
  if (platform === 'local' && snapshotBucket !== undefined) {
    return 'COLONY_SNAPSHOT_BUCKET is set, expected none on the platform local';
  }
  return undefined;
}
