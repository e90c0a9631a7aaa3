import type { Log } from '../observability/log.ts';
import { FileRegistry } from './file-registry.ts';
import type { Registry } from './registry.ts';
import { createSsmClient, SsmRegistry } from './ssm-registry.ts';

/** Creates the registry of the platform; the configuration has been checked for what it needs. */
export function createRegistry(
  config: {
    platform: 'local' | 'aws';
    dataDir: string | undefined;
    awsRegion: string | undefined;
    colonyName: string;
  },
  log: Log,
): Registry {
  const { platform, dataDir = '', awsRegion = '', colonyName } = config;
  if (platform === 'local') return new FileRegistry(dataDir, log);
  return new SsmRegistry(createSsmClient({ region: awsRegion }), colonyName, log);
}
