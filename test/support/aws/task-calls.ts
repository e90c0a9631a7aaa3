import { emulatorCredentials } from '../../../lib/emulator.ts';
import { taskPermissions } from '../../infra/support/policies.ts';
import { EMULATOR, templatesOf } from '../../infra/support/synth.ts';
import type { Deployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';
import { recordedCalls } from './recorded-calls.ts';
import { compare, neededBy, withValues } from './used-permissions.ts';

export const ROLES = ['coordinator', 'backend'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Compares all that tasks of a kind have called since a time with what the synthesised policies of their
 * role grant: `missing` was called and is not granted, `unused` the other way round.
 */
export async function comparedCalls(
  emulator: Emulator,
  deployment: Deployment,
  colonyName: string,
  role: Role,
  sinceSeconds: number,
): Promise<{ missing: string[]; unused: string[] }> {
  const { services } = templatesOf({ ...EMULATOR, colonyName });
  const key = emulatorCredentials(role).AWS_ACCESS_KEY_ID;
  const calls = await recordedCalls(emulator, key, sinceSeconds);
  const [call] = calls;
  if (call === undefined) throw new Error(`no call of a ${role} is recorded`);
  const { region, account } = call;
  const values = {
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::AccountId': account,
    Cluster: deployment.cluster,
    [`${colonyName}-state:SnapshotsArn`]: `arn:aws:s3:::${deployment.output('state', 'BucketName')}`,
    [`${colonyName}-state:TableArn`]: `arn:aws:dynamodb:${region}:${account}:table/${deployment.output('state', 'TableName')}`,
  };
  const granted = taskPermissions(services)[role] ?? [];
  return compare(
    calls.flatMap(neededBy),
    granted.map((line) => withValues(line, values)),
  );
}
