import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  type CapacityProviderStrategy,
  CfnClusterCapacityProviderAssociations,
  Cluster,
  ContainerImage,
  ContainerInsights,
} from 'aws-cdk-lib/aws-ecs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ArnFormat, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ColonyConfig } from './config-schema.ts';
import { acknowledge, giveTo } from './constructs/acknowledge.ts';
import { ColonyService } from './constructs/colony-service.construct.ts';
import { backendGrants, coordinatorGrants } from './constructs/permissions.ts';
import { type EcrImageName, ecrImageName } from './ecr-image.ts';
import { leavesOut } from './emulator.ts';
import {
  backendEnvironment,
  commonEnvironment,
  coordinatorEnvironment,
  PORTS,
} from './environment.ts';
import type { NetworkStack } from './network.stack.ts';

export type ServicesStackProps = StackProps & {
  config: ColonyConfig;
  network: NetworkStack;
  table: TableV2;
  /** Of checkpoints. */
  bucket: Bucket;
  /** The host names under which the API reaches a coordinator. */
  apiHosts: readonly string[];
  /** The folder with the Dockerfile. */
  sourceDir: string;
};

/** The cluster with its two services. */
export class ServicesStack extends Stack {
  readonly cluster: Cluster;
  readonly coordinator: ColonyService;
  readonly backend: ColonyService;

  constructor(scope: Construct, id: string, props: ServicesStackProps) {
    super(scope, id, props);
    const { config, network, table, bucket } = props;
    const hasSpot = !leavesOut(config, 'capacityProviders');
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: network.vpc,
      containerInsightsV2: config.containerInsights
        ? ContainerInsights.ENABLED
        : ContainerInsights.DISABLED,
    });
    if (!config.containerInsights) {
      acknowledge(this.cluster, {
        ECS4: 'The option containerInsights turns it on: it costs more by the hour than a small colony.',
      });
    }
    const common = commonEnvironment(config, {
      region: this.region,
      bucketName: bucket.bucketName,
    });
    const shared = {
      config,
      cluster: this.cluster,
      image: this.#image(props),
      rpcSecret: this.#rpcSecret(),
      assignsPublicIp: network.assignsPublicIp,
    };
    this.backend = new ColonyService(this, 'Backend', {
      ...shared,
      bundle: 'backend',
      size: { cpu: config.cpu, memoryMiB: config.memoryMiB },
      port: PORTS.rpc,
      environment: { ...common, ...backendEnvironment(config) },
      subnets: this.#backendSubnets(props),
      securityGroup: network.securityGroups.backend,
      // No desired count: the leader scales this service, and an update must not undo that.
      ...(hasSpot && { capacity: spotStrategy(config.spotShare) }),
      // Known before the service is there: coordinators do not wait for it, and can then do something
      // about backends that no capacity is found for. Names are those of one cluster.
      serviceName: backendServiceName(config),
    });
    if (hasSpot) this.backend.service.node.addDependency(this.#capacityProviders());
    this.coordinator = new ColonyService(this, 'Coordinator', {
      ...shared,
      bundle: 'coordinator',
      size: { cpu: config.coordinatorCpu, memoryMiB: config.coordinatorMemoryMiB },
      port: PORTS.http,
      environment: {
        ...common,
        ...coordinatorEnvironment(config, {
          tableName: table.tableName,
          clusterName: this.cluster.clusterName,
          backendServiceName: backendServiceName(config),
          allowedHosts: props.apiHosts,
        }),
      },
      subnets: { subnets: [...network.subnets] },
      securityGroup: network.securityGroups.coordinator,
      desiredCount: config.coordinators,
    });
    this.coordinator.service.associateCloudMapService({
      service: network.coordinatorName,
      container: this.coordinator.container,
      containerPort: PORTS.http,
    });
    this.#allow(props);
    new CfnOutput(this, 'ClusterName', { value: this.cluster.clusterName });
    new CfnOutput(this, 'CoordinatorServiceName', { value: this.coordinator.service.serviceName });
    new CfnOutput(this, 'BackendServiceName', { value: this.backend.service.serviceName });
  }

  /** One image for both: they differ in their command. */
  #image({ config, sourceDir }: ServicesStackProps): ContainerImage {
    if (config.image !== undefined) {
      const ecr = ecrImageName(config.image);
      return ecr ? this.#ecrImage(ecr) : ContainerImage.fromRegistry(config.image);
    }
    const asset = new DockerImageAsset(this, 'Image', {
      directory: sourceDir,
      platform: config.architecture === 'arm64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      buildArgs: {
        ...(config.baseImage !== undefined && { BASE: config.baseImage }),
        ...(config.buildBaseImage !== undefined && { BUILD_BASE: config.buildBaseImage }),
      },
    });
    return ContainerImage.fromDockerImageAsset(asset);
  }

  /** Tasks may fetch it; a repository of another account must allow that as well. */
  #ecrImage({ account, region, repositoryName, tagOrDigest }: EcrImageName): ContainerImage {
    const repositoryArn = this.formatArn({
      service: 'ecr',
      account,
      region,
      resource: 'repository',
      resourceName: repositoryName,
    });
    return ContainerImage.fromEcrRepository(
      Repository.fromRepositoryAttributes(this, 'Repository', { repositoryArn, repositoryName }),
      tagOrDigest,
    );
  }

  /**
   * Both, whatever the share is, for it may change. A cluster that is made without them needs no
   * service-linked role yet; services that use them must come after, and go before.
   */
  #capacityProviders(): CfnClusterCapacityProviderAssociations {
    return new CfnClusterCapacityProviderAssociations(this, 'CapacityProviders', {
      cluster: this.cluster.clusterName,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
  }

  /** Signs what the tasks say to each other. */
  #rpcSecret(): Secret {
    const secret = new Secret(this, 'RpcSecret', {
      description: 'Signs the calls between the tasks of one colony',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(secret, {
      SMG4: 'Tasks read it when they start, and it must be the same for all: it is renewed by stopping the colony, not by a clock. See docs/aws.md.',
    });
    return secret;
  }

  /** Halos between two zones are paid for by the gigabyte. */
  #backendSubnets({ network, config }: ServicesStackProps): SubnetSelection {
    const subnets = [...network.subnets];
    return { subnets: config.backendZones === 'one' ? subnets.slice(0, 1) : subnets };
  }

  #allow({ config, table, bucket: { bucketArn } }: ServicesStackProps): void {
    const { colonyName } = config;
    giveTo(this.backend.taskRole, backendGrants(this, { colonyName, bucketArn }));
    giveTo(
      this.coordinator.taskRole,
      coordinatorGrants(this, {
        colonyName,
        bucketArn,
        tableArn: table.tableArn,
        clusterName: this.cluster.clusterName,
        backendServiceArn: this.formatArn({
          service: 'ecs',
          resource: 'service',
          resourceName: `${this.cluster.clusterName}/${backendServiceName(config)}`,
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      }),
    );
  }
}

const backendServiceName = ({ colonyName }: ColonyConfig) => `${colonyName}-backend`;

/** Weights do not fall back by themselves when there is no Spot capacity: the leader sees to that. */
function spotStrategy(spotShare: number): CapacityProviderStrategy[] {
  const spotPercent = Math.round(spotShare * 100);
  return [
    { capacityProvider: 'FARGATE_SPOT', weight: spotPercent },
    { capacityProvider: 'FARGATE', weight: 100 - spotPercent },
  ].filter(({ weight }) => weight > 0);
}
