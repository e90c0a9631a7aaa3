import { expect, test } from 'vitest';
import {
  EMULATOR,
  propertiesOf,
  READY_IMAGE,
  type Templates,
  templatesOf,
  text,
} from './support/synth.ts';

const emulated = templatesOf(EMULATOR);
const real = templatesOf(READY_IMAGE);

/** What the emulators' CloudFormation refuses. */
const UNKNOWN_TYPES = [
  'AWS::ApiGatewayV2::VpcLink',
  'AWS::EC2::FlowLog',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::ECS::ClusterCapacityProviderAssociations',
];

function typesOf(templates: Templates): Set<string> {
  return new Set(
    Object.values(templates).flatMap((template) =>
      Object.values(template.toJSON()['Resources']).map(
        (resource) => (resource as { Type: string }).Type,
      ),
    ),
  );
}

test('an emulator gets none of the types that it refuses', () => {
  expect(UNKNOWN_TYPES.filter((type) => typesOf(emulated).has(type))).toEqual([]);
});

test('it gets every other type that AWS gets', () => {
  const missing = [...typesOf(real)].filter((type) => !typesOf(emulated).has(type));
  expect(missing.sort()).toEqual(UNKNOWN_TYPES);
});

test('the API calls the coordinator at the address that it is told', () => {
  const { api } = templatesOf({ ...EMULATOR, coordinatorUrl: 'http://172.17.0.4:8083' });
  const [integration] = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Integration'));
  expect(integration.IntegrationUri).toBe('http://172.17.0.4:8083');
  expect(integration.ConnectionType).toBeUndefined();
  const [route] = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Route'));
  expect(route.AuthorizationType).toBe('AWS_IAM');
});

test('until then it makes no call', () => {
  const [integration] = Object.values(propertiesOf(emulated.api, 'AWS::ApiGatewayV2::Integration'));
  expect(integration.IntegrationUri).toMatch(/\.invalid$/);
});

test('security groups let everything out and nothing in', () => {
  for (const group of Object.values(propertiesOf(emulated.network, 'AWS::EC2::SecurityGroup'))) {
    expect(group.SecurityGroupEgress).toMatchObject([{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }]);
    expect(group.SecurityGroupIngress).toBeUndefined();
  }
});

test('containers get an image that is there, keys of their service, and the secret as a variable', () => {
  for (const task of Object.values(propertiesOf(emulated.services, 'AWS::ECS::TaskDefinition'))) {
    const [{ Image, Name: service, Environment, Secrets }] = task.ContainerDefinitions;
    const variables = Object.fromEntries(
      Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, text(Value)]),
    );
    expect(Image).toBe('colony:local');
    expect(Secrets).toBeUndefined();
    expect(variables).toMatchObject({
      AWS_ACCESS_KEY_ID: `${service}-task`,
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    expect(variables['COLONY_RPC_SECRET']).toBe(
      '{{resolve:secretsmanager:<RpcSecret>:SecretString:::}}',
    );
  }
});

test('backends have a launch type, and the leader is told that there is no Spot capacity', () => {
  const { BackendService } = propertiesOf(emulated.services, 'AWS::ECS::Service');
  expect(BackendService.LaunchType).toBe('FARGATE');
  expect(BackendService).not.toHaveProperty('DesiredCount');
  const { CoordinatorTask } = propertiesOf(emulated.services, 'AWS::ECS::TaskDefinition');
  expect(CoordinatorTask.ContainerDefinitions[0].Environment).toContainEqual({
    Name: 'COLONY_BACKEND_SPOT_SHARE',
    Value: '0',
  });
});
