import { expect, test } from 'vitest';
import { propertiesOf, READY_IMAGE, templatesOf, text } from './support/synth.ts';

const { api, services } = templatesOf();

test('every route takes only requests that are signed', () => {
  const routes = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Route'));
  expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType])).toEqual([
    ['$default', 'AWS_IAM'],
  ]);
});

test('no page of another origin is let in', () => {
  const [http] = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Api'));
  expect(http).toMatchObject({ ProtocolType: 'HTTP', Name: 'colony' });
  expect(http.CorsConfiguration).toBeUndefined();
});

test('requests go to the registered coordinators, through the VPC link', () => {
  const [integration, ...others] = Object.values(
    propertiesOf(api, 'AWS::ApiGatewayV2::Integration'),
  );
  expect(others).toEqual([]);
  expect(integration).toMatchObject({
    IntegrationType: 'HTTP_PROXY',
    IntegrationMethod: 'ANY',
    ConnectionType: 'VPC_LINK',
  });
  expect(text(integration.ConnectionId)).toBe('<VpcLink>');
  expect(text(integration.IntegrationUri)).toBe('<colony-network:NamespaceCoordinatorArn>');
});

test('a coordinator is sent the host that it is told to expect, whatever the caller named', () => {
  const [integration] = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Integration'));
  const host = integration.RequestParameters['overwrite:header.host'];
  const [task] = Object.values(propertiesOf(services, 'AWS::ECS::TaskDefinition')).filter(
    ({ ContainerDefinitions }) => ContainerDefinitions[0].Name === 'coordinator',
  );
  const variables: { Name: string; Value: unknown }[] = task.ContainerDefinitions[0].Environment;
  const allowed = variables.find(({ Name }) => Name === 'COLONY_ALLOWED_HOSTS')?.Value;
  expect(text(allowed).split(',')).toContain(host);
});

test.each(['public', 'isolated'])('the VPC link is in both %s subnets', (network) => {
  const { api: template } = templatesOf({ ...READY_IMAGE, network });
  const [link] = Object.values(propertiesOf(template, 'AWS::ApiGatewayV2::VpcLink'));
  expect(link.SubnetIds).toHaveLength(2);
  expect(link.SecurityGroupIds.map(text)).toEqual([
    '<colony-network:SecurityGroupsVpcLinkGroupId>',
  ]);
});

test('requests are throttled as configured', () => {
  const { api: template } = templatesOf({
    ...READY_IMAGE,
    throttling: { requestsPerSecond: 5, burst: 9 },
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 9 },
  });
});

test('who called what is logged, a JSON object a line', () => {
  const [stage] = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Stage'));
  const format = JSON.parse(stage.AccessLogSettings.Format);
  expect(format).toMatchObject({
    caller: '$context.identity.userArn',
    path: '$context.path',
    status: '$context.status',
  });
  api.hasResourceProperties('AWS::Logs::LogGroup', {
    LogGroupName: '/colony/colony/api',
    RetentionInDays: 30,
  });
});

test('the outputs have the address and commands that are ready to be run', () => {
  const outputs = Object.fromEntries(
    Object.entries(api.findOutputs('*')).map(([name, { Value }]) => [name, text(Value)]),
  );
  const url = 'https://<Http>.execute-api.<AWS::Region>.<AWS::URLSuffix>/';
  expect(outputs).toMatchObject({
    ApiUrl: url,
    StartCommand: `npm run colony -- start --url ${url}`,
    StopCommand: `npm run colony -- stop --url ${url}`,
    DashboardCommand: `npm run colony -- proxy --url ${url}`,
    StartScriptCommand: `scripts/colony-start.sh ${url}`,
  });
});
