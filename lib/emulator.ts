import type { ColonyConfig } from './config-schema.ts';

/**
 * What the AWS emulators cannot deploy, and what the option `emulator` puts in its place. Nothing
 * else differs; docs/aws.md lists the same.
 */
export const EMULATOR_OMISSIONS = {
  vpcLink: 'the API calls the plain address `coordinatorUrl`, not Cloud Map through a VPC link',
  capacityProviders: 'backends have the launch type Fargate, neither Spot nor a strategy',
  securityGroupRules: 'security groups let everything out and have no rules between each other',
  flowLogs: 'the VPC has no flow log',
  imageBuild: 'no image is built: `image` names one that is there',
  containerSecrets: 'the RPC secret is put into an environment variable while deploying',
  taskCredentials: 'containers get key variables, for the SDK takes no credentials from its host',
} as const;

export type Omission = keyof typeof EMULATOR_OMISSIONS;

/** Whether something is left out of what is deployed. */
export function leavesOut({ emulator }: ColonyConfig, what: Omission): boolean {
  return emulator && what in EMULATOR_OMISSIONS;
}

/** Where the API points until it has been told `coordinatorUrl`. */
export const NO_COORDINATOR_URL = 'http://coordinator.invalid';

/** An emulator takes any key: one for each service, so that its record of calls names the caller. */
export function emulatorCredentials(service: 'coordinator' | 'backend') {
  return { AWS_ACCESS_KEY_ID: `${service}-task`, AWS_SECRET_ACCESS_KEY: 'test' };
}
