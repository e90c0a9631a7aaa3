import { isOnLoopback } from '../../protocol/common/loopback.ts';

export interface AwsAddress {
  region: string;
  /** @default the region's own */
  endpoint?: string | undefined;
  /** Until a connection stands, in one attempt. @default 1000 */
  connectTimeoutMs?: number;
  /** Until the answer is there, in one attempt. @default 3000 */
  requestTimeoutMs?: number;
}

/**
 * What every client of the SDK is made with: three attempts of bounded time with jittered backoff
 * between them. An endpoint on loopback is an embedded server that
 * checks no signature: it gets made-up credentials unless the environment has some.
 */
export function awsClientConfig({
  region,
  endpoint,
  connectTimeoutMs = 1_000,
  requestTimeoutMs = 3_000,
}: AwsAddress) {
  // The SDK warns of Node 20 when a client is made, in the midst of what a user reads.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const isEmbedded =
    endpoint !== undefined &&
    isOnLoopback(endpoint) &&
    process.env['AWS_ACCESS_KEY_ID'] === undefined;
  return {
    region,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint }),
    ...(isEmbedded && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  };
}
