import type { ISecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  type CapacityProviderStrategy,
  type ContainerDefinition,
  type ContainerImage,
  CpuArchitecture,
  Secret as EcsSecret,
  FargatePlatformVersion,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ENVIRONMENT, NODE_FLAGS } from '../../services/protocol/common/names.ts';
import type { ColonyConfig } from '../config-schema.ts';
import { emulatorCredentials, leavesOut } from '../emulator.ts';
import { acknowledge } from './acknowledge.ts';

export interface ColonyServiceProps {
  config: ColonyConfig;
  cluster: ICluster;
  image: ContainerImage;
  rpcSecret: Secret;
  /** `coordinator` runs coordinator.js, and so on. */
  bundle: 'coordinator' | 'backend';
  size: { cpu: number; memoryMiB: number };
  /** Where it listens, and answers `/healthz`. */
  port: number;
  environment: Record<string, string>;
  subnets: SubnetSelection;
  securityGroup: ISecurityGroup;
  /** Whether its tasks need public addresses to reach AWS. */
  assignsPublicIp: boolean;
  /** @default one that CloudFormation makes */
  serviceName?: string;
  /** @default left to the leader, which scales the service */
  desiredCount?: number;
  /** @default the launch type Fargate */
  capacity?: CapacityProviderStrategy[];
}

/** The longest that Fargate gives; what is drained in environment.ts is well within. */
const STOP_TIMEOUT_S = 120;

/** One of the two services: its task, its roles, its log. */
export class ColonyService extends Construct {
  readonly service: FargateService;
  readonly container: ContainerDefinition;
  readonly taskRole: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ColonyServiceProps) {
    super(scope, id);
    const { config, bundle } = props;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/colony/${config.colonyName}/${bundle}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.taskRole = this.#role('TaskRole', `What a ${bundle} itself may do`);
    const task = this.#task(props);
    this.container = this.#container(task, props);
    this.service = new FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition: task,
      ...(props.serviceName !== undefined && { serviceName: props.serviceName }),
      ...(props.desiredCount !== undefined && { desiredCount: props.desiredCount }),
      ...(props.capacity && { capacityProviderStrategies: props.capacity }),
      platformVersion: FargatePlatformVersion.LATEST,
      vpcSubnets: props.subnets,
      securityGroups: [props.securityGroup],
      assignPublicIp: props.assignsPublicIp,
      // New tasks are there before old ones go: a standby to take the lead, room for the shards.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      // A backend that is moved costs a recovery.
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.DISABLED,
      enableExecuteCommand: false,
      enableECSManagedTags: true,
      propagateTags: PropagatedTagSource.SERVICE,
    });
  }

  #task({ config, size }: ColonyServiceProps): FargateTaskDefinition {
    const task = new FargateTaskDefinition(this, 'Task', {
      cpu: size.cpu,
      memoryLimitMiB: size.memoryMiB,
      runtimePlatform: {
        operatingSystemFamily: OperatingSystemFamily.LINUX,
        cpuArchitecture:
          config.architecture === 'arm64' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      },
      taskRole: this.taskRole,
      executionRole: this.#role(
        'ExecutionRole',
        'Fetches the image and the secret, writes the log',
      ),
    });
    acknowledge(task.executionRole ?? task, {
      'IAM5[Resource::*]': 'GetAuthorizationToken, which fetches the image, knows no resource.',
    });
    acknowledge(task, {
      ECS2: 'Names, addresses and sizes; the one secret comes from Secrets Manager.',
    });
    return task;
  }

  #container(task: FargateTaskDefinition, props: ColonyServiceProps): ContainerDefinition {
    const { bundle, config, port, rpcSecret } = props;
    const hasSecrets = !leavesOut(config, 'containerSecrets');
    const linuxParameters = new LinuxParameters(this, 'Linux', { initProcessEnabled: true });
    return task.addContainer(bundle, {
      image: props.image,
      command: ['node', ...NODE_FLAGS[bundle], `${bundle}.js`],
      user: '65532:65532',
      environment: {
        ...props.environment,
        ...(leavesOut(config, 'taskCredentials') && emulatorCredentials(bundle)),
        ...(!hasSecrets && { [ENVIRONMENT.rpcSecret]: rpcSecret.secretValue.unsafeUnwrap() }),
      },
      ...(hasSecrets && {
        secrets: { [ENVIRONMENT.rpcSecret]: EcsSecret.fromSecretsManager(rpcSecret) },
      }),
      portMappings: [{ containerPort: port }],
      logging: LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: bundle }),
      healthCheck: {
        command: ['CMD', 'node', '-e', healthCheckScript(port)],
        interval: Duration.seconds(15),
        timeout: Duration.seconds(10),
        retries: 3,
        // A process is healthy once it has been registered and has read the record. Failures before that
        // count only after this time, which a throttled parameter store may take.
        startPeriod: Duration.seconds(120),
      },
      readonlyRootFilesystem: true,
      linuxParameters,
      stopTimeout: Duration.seconds(STOP_TIMEOUT_S),
    });
  }

  /** Of tasks of this account only: no other one can have ECS act in this role. */
  #role(id: string, description: string): Role {
    const stack = Stack.of(this);
    const anything = stack.formatArn({
      service: 'ecs',
      resource: '*',
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    return new Role(this, id, {
      description,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': anything },
        },
      }),
    });
  }
}

/** Runs without a shell: exit code 0 when `/healthz` answers. */
function healthCheckScript(port: number): string {
  return `fetch('http://127.0.0.1:${port}/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
}
