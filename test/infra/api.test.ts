import { describe, expect, test } from 'vitest';
import { ECR_IMAGE, propertiesOf, READY_IMAGE, templatesOf, text } from './support/synth.ts';

const { api, services } = templatesOf();

test('every route takes only requests that are signed', () => {
  const routes = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Route'));
  for (const { AuthorizationType } of routes) expect(AuthorizationType).toBe('AWS_IAM');
});

test('routes take every path, and have method and path in their ARNs, as no $default has', () => {
  const routes = Object.values(propertiesOf(api, 'AWS::ApiGatewayV2::Route'));
  expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([
    'ANY /',
    'ANY /{proxy+}',
    'GET /',
    'GET /{proxy+}',
  ]);
  expect(new Set(routes.map(({ Target }) => text(Target))).size).toBe(1);
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
  const { api: template } = templatesOf({ ...ECR_IMAGE, network });
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

describe('with a name of its own', () => {
  const domain = {
    domainName: 'reef.example.org',
    certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b-2c3d',
  };
  const hostedZone = { id: 'Z0123456789', name: 'example.org' };
  const named = templatesOf({ ...READY_IMAGE, customDomain: domain });
  const inZone = templatesOf({ ...READY_IMAGE, customDomain: { ...domain, hostedZone } });

  test('the API answers under it, by TLS 1.2', () => {
    named.api.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: domain.domainName,
      DomainNameConfigurations: [
        { CertificateArn: domain.certificateArn, EndpointType: 'REGIONAL' },
      ],
    });
    const [mapping] = Object.values(propertiesOf(named.api, 'AWS::ApiGatewayV2::ApiMapping'));
    expect([text(mapping.ApiId), text(mapping.Stage)]).toEqual(['<Http>', '$default']);
  });

  test('the commands name it, and the region that they sign for', () => {
    const { StartCommand, ApiUrl, DomainTarget } = named.api.findOutputs('*') as Record<
      string,
      { Value: unknown }
    >;
    expect(text(StartCommand?.Value)).toBe(
      'npm run colony -- start --url https://reef.example.org/ --sign <AWS::Region>',
    );
    expect(text(ApiUrl?.Value)).toContain('execute-api');
    expect(text(DomainTarget?.Value)).toBe('<DomainName.RegionalDomainName>');
  });

  test('coordinators may be called by it', () => {
    const variables = JSON.stringify(
      Object.values(propertiesOf(named.services, 'AWS::ECS::TaskDefinition')),
    );
    expect(variables).toContain(',reef.example.org');
  });

  test('its record is made in the zone that is named, and else none', () => {
    named.api.resourceCountIs('AWS::Route53::RecordSet', 0);
    inZone.api.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: 'reef.example.org.',
      Type: 'A',
      HostedZoneId: hostedZone.id,
    });
  });
});
