import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  EXISTING_VPC,
  ISOLATED,
  type Properties,
  propertiesOf,
  READY_IMAGE,
  templatesOf,
  text,
} from './support/synth.ts';

const publicNetwork = templatesOf().network;
const isolatedNetwork = templatesOf(ISOLATED).network;
const both = [
  ['public', publicNetwork],
  ['isolated', isolatedNetwork],
] as const;

/** `from → to:port`, from all rules between groups in one direction. */
function rules(template: typeof publicNetwork, direction: 'Ingress' | 'Egress'): string[] {
  const group = (value: unknown) =>
    text(value).replace(/^<(SecurityGroups|Endpoints)?(\w+)\.GroupId>$/, '$2');
  return Object.values(propertiesOf(template, `AWS::EC2::SecurityGroup${direction}`))
    .map((rule: Properties) => {
      expect([rule.IpProtocol, rule.FromPort]).toEqual(['tcp', rule.ToPort]);
      const peer = group(rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId);
      const own = group(rule.GroupId);
      const [from, to] = direction === 'Ingress' ? [peer, own] : [own, peer];
      return `${from} → ${to}:${rule.ToPort}`;
    })
    .sort();
}

/** From groups to addresses. */
function waysOut(template: typeof publicNetwork): string[] {
  const out = Object.entries(propertiesOf(template, 'AWS::EC2::SecurityGroup')).flatMap(
    ([id, { SecurityGroupEgress = [] }]) =>
      SecurityGroupEgress.filter(({ CidrIp }: Properties) => CidrIp !== '255.255.255.255/32').map(
        ({ CidrIp, IpProtocol, FromPort, ToPort }: Properties) =>
          `${id} → ${CidrIp} ${IpProtocol}:${FromPort}-${ToPort}`,
      ),
  );
  return out.sort();
}

test.each([
  ['http://collector.example.org:4318', ['4318', '443']],
  ['http://collector.example.org', ['443', '80']],
  ['https://collector.example.org/path', ['443']],
])('the tasks may call a collector at %s', (otlpEndpoint, ports) => {
  const ways = waysOut(templatesOf({ ...READY_IMAGE, otlpEndpoint }).network);
  expect(ways).toEqual(
    ['Backend', 'Coordinator'].flatMap((role) =>
      ports.map((port) => `SecurityGroups${role} → 0.0.0.0/0 tcp:${port}-${port}`),
    ),
  );
});

const TASK_RULES = [
  'Backend → Backend:9000',
  'Backend → Coordinator:8083',
  'Coordinator → Backend:9000',
  'Coordinator → Coordinator:8083',
  'VpcLink → Coordinator:8083',
];
const ENDPOINT_RULES = ['Backend → SecurityGroup:443', 'Coordinator → SecurityGroup:443'];

describe.each(both)('the %s network', (name, template) => {
  test('has no NAT gateway and no load balancer', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 0);
  });

  test('lets nothing in from an address, only from a group', () => {
    for (const group of Object.values(propertiesOf(template, 'AWS::EC2::SecurityGroup'))) {
      expect(group.SecurityGroupIngress).toBeUndefined();
    }
    for (const rule of Object.values(propertiesOf(template, 'AWS::EC2::SecurityGroupIngress'))) {
      expect(rule.CidrIp ?? rule.CidrIpv6).toBeUndefined();
      expect(rule.SourceSecurityGroupId).toBeDefined();
    }
  });

  test('has exactly these ways between its groups, open at both ends', () => {
    const wanted = name === 'public' ? TASK_RULES : [...TASK_RULES, ...ENDPOINT_RULES].sort();
    expect(rules(template, 'Ingress')).toEqual(wanted);
    expect(rules(template, 'Egress')).toEqual(wanted);
  });

  test('lets only the tasks out, and only by TLS', () => {
    expect(waysOut(template)).toEqual([
      'SecurityGroupsBackend → 0.0.0.0/0 tcp:443-443',
      'SecurityGroupsCoordinator → 0.0.0.0/0 tcp:443-443',
    ]);
  });

  test('reaches DynamoDB and S3 by gateway endpoints, which cost nothing', () => {
    const services = Object.values(propertiesOf(template, 'AWS::EC2::VPCEndpoint'))
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway')
      .map(({ ServiceName }) => text(ServiceName));
    expect(services.sort()).toEqual([
      'com.amazonaws.<AWS::Region>.dynamodb',
      'com.amazonaws.<AWS::Region>.s3',
    ]);
  });

  test('has two subnets, and none gives a public address by itself', () => {
    const subnets = Object.values(propertiesOf(template, 'AWS::EC2::Subnet'));
    expect(subnets.map(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toEqual([false, false]);
  });

  test('logs what was refused, for as long as logs are kept', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      TrafficType: 'REJECT',
      ResourceType: 'VPC',
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('registers coordinators with address and port', () => {
    template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', {
      Name: 'colony.colony.internal',
    });
    template.hasResourceProperties('AWS::ServiceDiscovery::Service', {
      Name: 'coordinator',
      DnsConfig: { DnsRecords: [{ TTL: 10, Type: 'SRV' }] },
    });
  });

  test('lets ECS say which coordinators are healthy, from the first deployment on', () => {
    template.hasResourceProperties('AWS::ServiceDiscovery::Service', {
      HealthCheckCustomConfig: { FailureThreshold: 1 },
      HealthCheckConfig: Match.absent(),
    });
  });
});

test('public subnets have a way to the internet and no endpoint that costs', () => {
  publicNetwork.resourceCountIs('AWS::EC2::InternetGateway', 1);
  publicNetwork.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
});

test('isolated subnets have no way to the internet', () => {
  isolatedNetwork.resourceCountIs('AWS::EC2::InternetGateway', 0);
  isolatedNetwork.resourceCountIs('AWS::EC2::Route', 0);
});

test('isolated subnets have just the endpoints that the tasks need, with private names', () => {
  const endpoints = Object.values(propertiesOf(isolatedNetwork, 'AWS::EC2::VPCEndpoint')).filter(
    ({ VpcEndpointType }) => VpcEndpointType === 'Interface',
  );
  expect(endpoints.map(({ ServiceName }) => text(ServiceName)).sort()).toEqual(
    ['ecr.api', 'ecr.dkr', 'ecs', 'logs', 'secretsmanager', 'ssm'].map(
      (service) => `com.amazonaws.<AWS::Region>.${service}`,
    ),
  );
  for (const { PrivateDnsEnabled, SecurityGroupIds } of endpoints) {
    expect(PrivateDnsEnabled).toBe(true);
    expect(SecurityGroupIds.map(text)).toEqual(['<EndpointsSecurityGroup.GroupId>']);
  }
});

test('the flow log can be left out', () => {
  const { network } = templatesOf({ ...READY_IMAGE, flowLogs: false });
  network.resourceCountIs('AWS::EC2::FlowLog', 0);
});

describe('in a VPC that is there', () => {
  const { network, api, services } = templatesOf({ ...READY_IMAGE, vpc: EXISTING_VPC });

  test('nothing of a network is made but groups with their rules and the name', () => {
    const types = Object.values<Properties>(network.toJSON()['Resources']).map(({ Type }) => Type);
    expect([...new Set(types)].sort()).toEqual([
      'AWS::EC2::SecurityGroup',
      'AWS::EC2::SecurityGroupEgress',
      'AWS::EC2::SecurityGroupIngress',
      'AWS::ServiceDiscovery::PrivateDnsNamespace',
      'AWS::ServiceDiscovery::Service',
    ]);
    expect(rules(network, 'Ingress')).toEqual(TASK_RULES);
    const ids = [
      ...Object.values(propertiesOf(network, 'AWS::EC2::SecurityGroup')).map(({ VpcId }) => VpcId),
      ...Object.values(propertiesOf(network, 'AWS::ServiceDiscovery::PrivateDnsNamespace')).map(
        ({ Vpc }) => Vpc,
      ),
    ];
    expect(new Set(ids)).toEqual(new Set([EXISTING_VPC.vpcId]));
  });

  test('the VPC link is in all of its subnets', () => {
    const [link] = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::VpcLink'));
    expect(link.SubnetIds).toEqual(EXISTING_VPC.subnetIds);
  });

  const networkOf = (template: typeof services, service: string) =>
    propertiesOf(template, 'AWS::ECS::Service')[service].NetworkConfiguration.AwsvpcConfiguration;

  test('coordinators are in all of its subnets, backends in one, without public addresses', () => {
    expect(networkOf(services, 'CoordinatorService')).toMatchObject({
      Subnets: EXISTING_VPC.subnetIds,
      AssignPublicIp: 'DISABLED',
    });
    expect(networkOf(services, 'BackendService')).toMatchObject({
      Subnets: EXISTING_VPC.subnetIds.slice(0, 1),
      AssignPublicIp: 'DISABLED',
    });
  });

  test('tasks have public addresses where an internet gateway is the way out', () => {
    const { services: template } = templatesOf({
      ...READY_IMAGE,
      vpc: { ...EXISTING_VPC, publicAddresses: true },
    });
    expect(networkOf(template, 'BackendService').AssignPublicIp).toBe('ENABLED');
  });
});
