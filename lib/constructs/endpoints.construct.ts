import {
  InterfaceVpcEndpoint,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  InterfaceVpcEndpointAwsService as Service,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ColonyConfig } from '../config-schema.ts';
import { leavesOut } from '../emulator.ts';
import { allow } from './security-groups.construct.ts';

/** What the tasks need of AWS beside DynamoDB and S3: registry, image, log, secret, scaling. */
const SERVICES = {
  Ssm: Service.SSM,
  Ecs: Service.ECS,
  Logs: Service.CLOUDWATCH_LOGS,
  SecretsManager: Service.SECRETS_MANAGER,
  EcrApi: Service.ECR,
  EcrDocker: Service.ECR_DOCKER,
};

/** The only ways out of isolated subnets; each costs by the hour in each zone. */
export class Endpoints extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { vpc, config, callers }: { vpc: IVpc; config: ColonyConfig; callers: ISecurityGroup[] },
  ) {
    super(scope, id);
    const hasRules = !leavesOut(config, 'securityGroupRules');
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Endpoints of AWS services',
      allowAllOutbound: !hasRules,
    });
    for (const [name, service] of Object.entries(SERVICES)) {
      new InterfaceVpcEndpoint(this, name, { vpc, service, securityGroups: [group], open: false });
    }
    if (!hasRules) return;
    for (const caller of callers) allow(caller, group, 443, 'AWS endpoints');
  }
}
