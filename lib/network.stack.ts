import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DnsRecordType, PrivateDnsNamespace, type Service } from 'aws-cdk-lib/aws-servicediscovery';
import { Annotations, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ColonyConfig } from './config-schema.ts';
import { acknowledge } from './constructs/acknowledge.ts';
import { Endpoints } from './constructs/endpoints.construct.ts';
import { ColonySecurityGroups } from './constructs/security-groups.construct.ts';
import { leavesOut } from './emulator.ts';

export type NetworkStackProps = StackProps & { config: ColonyConfig };

/** Where the tasks live, who may talk to whom, and the name under which the API finds them. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Of the tasks and of the VPC link, each in another zone. */
  readonly subnets: readonly ISubnet[];
  /** Whether tasks need public addresses to reach AWS. */
  readonly assignsPublicIp: boolean;
  readonly securityGroups: ColonySecurityGroups;
  /** Coordinators register here with address and port. */
  readonly coordinatorName: Service;

  constructor(scope: Construct, id: string, { config, ...props }: NetworkStackProps) {
    super(scope, id, props);
    const isIsolated = config.network === 'isolated';
    this.vpc = config.vpc ? this.#existing(config.vpc) : this.#create(config);
    this.assignsPublicIp = config.vpc?.publicAddresses ?? !isIsolated;
    const { publicSubnets, privateSubnets, isolatedSubnets } = this.vpc;
    this.subnets = [...publicSubnets, ...privateSubnets, ...isolatedSubnets];
    this.securityGroups = new ColonySecurityGroups(this, 'SecurityGroups', {
      vpc: this.vpc,
      config,
    });
    const { coordinator, backend } = this.securityGroups;
    if (isIsolated) {
      new Endpoints(this, 'Endpoints', { vpc: this.vpc, config, callers: [coordinator, backend] });
    }
    const namespace = new PrivateDnsNamespace(this, 'Namespace', {
      name: `${config.colonyName}.colony.internal`,
      vpc: this.vpc,
    });
    this.coordinatorName = namespace.createService('Coordinator', {
      name: 'coordinator',
      dnsRecordType: DnsRecordType.SRV,
      dnsTtl: Duration.seconds(10),
      // ECS says how each task is, and only healthy ones are found. Without it every task is, from its
      // start to its end; and to add it later replaces the resource, which its name does not allow.
      customHealthCheck: { failureThreshold: 1 },
    });
  }

  /** Whoever made it logs what it refuses, and decides how AWS is reached from it. */
  #existing({ vpcId, subnetIds, availabilityZones }: NonNullable<ColonyConfig['vpc']>): IVpc {
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      availabilityZones,
      privateSubnetIds: subnetIds,
    });
    for (const subnet of vpc.privateSubnets) {
      Annotations.of(subnet).acknowledgeWarning(
        '@aws-cdk/aws-ec2:noSubnetRouteTableId',
        'No route is made in a subnet that is there.',
      );
    }
    return vpc;
  }

  #create(config: ColonyConfig): Vpc {
    const isPublic = config.network === 'public';
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.40.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        {
          name: config.network,
          subnetType: isPublic ? SubnetType.PUBLIC : SubnetType.PRIVATE_ISOLATED,
          cidrMask: 20,
          // The tasks ask for their addresses themselves.
          ...(isPublic && { mapPublicIpOnLaunch: false }),
        },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
      // It would take a Lambda function; nothing here is in the default group.
      restrictDefaultSecurityGroup: false,
    });
    this.#logRefused(vpc, config);
    return vpc;
  }

  #logRefused(vpc: Vpc, config: ColonyConfig): void {
    if (!config.flowLogs || leavesOut(config, 'flowLogs')) {
      acknowledge(vpc, {
        VPC7: 'The option flowLogs turns the flow log off; no emulator has one.',
      });
      return;
    }
    const logGroup = new LogGroup(this, 'FlowLogGroup', {
      logGroupName: `/colony/${config.colonyName}/refused`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}
