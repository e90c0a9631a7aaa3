import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  type HttpRouteIntegration,
  HttpStage,
  LogGroupLogDestination,
  MappingValue,
  ParameterMapping,
  VpcLink,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  HttpServiceDiscoveryIntegration,
  HttpUrlIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ColonyConfig } from './config-schema.ts';
import { ApiDomain } from './constructs/api-domain.construct.ts';
import { leavesOut, NO_COORDINATOR_URL } from './emulator.ts';
import type { NetworkStack } from './network.stack.ts';

export type ApiStackProps = StackProps & { config: ColonyConfig; network: NetworkStack };

/** The one way in: signed requests, passed on to a coordinator as they are. */
export class ApiStack extends Stack {
  readonly api: HttpApi;
  /** What a coordinator may find in the Host header of requests that come through the API. */
  readonly hosts: readonly string[];

  constructor(scope: Construct, id: string, { config, network, ...props }: ApiStackProps) {
    super(scope, id, props);
    this.api = new HttpApi(this, 'Http', {
      apiName: config.colonyName,
      description: `The colony ${config.colonyName}`,
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    });
    const integration = this.#integration(config, network);
    for (const [path, methods] of ROUTES) this.api.addRoutes({ path, methods, integration });
    const logGroup = new LogGroup(this, 'AccessLog', {
      logGroupName: `/colony/${config.colonyName}/api`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle: {
        rateLimit: config.throttling.requestsPerSecond,
        burstLimit: config.throttling.burst,
      },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    const own = coordinatorHost(config);
    const host = `${this.api.apiId}.execute-api.${this.region}.${this.urlSuffix}`;
    const { customDomain: domain } = config;
    // Only the first is sent. The others are what API Gateway might send without the mapping. An
    // attacker who rebinds a name of their own to a task's address owns none of them.
    this.hosts = [own, `*.${own}`, host, ...(domain ? [domain.domainName] : [])];
    if (domain) new ApiDomain(this, 'Domain', { domain, api: this.api, stage });
    this.#output(stage.url, config);
  }

  #integration(config: ColonyConfig, network: NetworkStack): HttpRouteIntegration {
    if (leavesOut(config, 'vpcLink')) {
      return new HttpUrlIntegration('Coordinator', config.coordinatorUrl ?? NO_COORDINATOR_URL);
    }
    const { vpc, subnets, securityGroups, coordinatorName } = network;
    const vpcLink = new VpcLink(this, 'VpcLink', {
      vpc,
      subnets: { subnets: [...subnets] },
      securityGroups: [securityGroups.vpcLink],
    });
    // It waits 30 s, and a coordinator holds a request for 25 at most.
    return new HttpServiceDiscoveryIntegration('Coordinator', coordinatorName, {
      vpcLink,
      // Which Host a target of Cloud Map is sent is not documented; coordinators refuse unknown ones.
      parameterMapping: new ParameterMapping().overwriteHeader(
        'host',
        MappingValue.custom(coordinatorHost(config)),
      ),
    });
  }

  /** @param url under the name that API Gateway makes */
  #output(url: string, { colonyName, customDomain }: ColonyConfig): void {
    // Of another name the commands cannot tell that it wants signatures, and for which region.
    const at = customDomain
      ? `--url https://${customDomain.domainName}/ --sign ${this.region}`
      : `--url ${url}`;
    const outputs: Record<string, string> = {
      ApiUrl: url,
      StartCommand: `npm run colony -- start ${at}`,
      StatusCommand: `npm run colony -- status ${at}`,
      VerifyCommand: `npm run colony -- verify ${at}`,
      StopCommand: `npm run colony -- stop ${at}`,
      DashboardCommand: `npm run colony -- proxy ${at}`,
      StartScriptCommand: `scripts/colony-start.sh ${url}`,
      LogCommand: `aws logs tail /colony/${colonyName}/coordinator --follow --region ${this.region}`,
    };
    for (const [id, value] of Object.entries(outputs)) new CfnOutput(this, id, { value });
  }
}

/**
 * Every request, by routes that have its method and path. The one route `$default` would take them all
 * too, but its ARN has neither: no policy could let somebody watch and nothing else.
 */
const ROUTES = ['/', '/{proxy+}'].flatMap((path): [string, HttpMethod[]][] => [
  [path, [HttpMethod.GET]],
  [path, [HttpMethod.ANY]],
]);

/** The name in Cloud Map, see network.stack.ts. */
const coordinatorHost = ({ colonyName }: ColonyConfig) =>
  `coordinator.${colonyName}.colony.internal`;

/** One JSON object a line. */
const ACCESS_LOG = Object.fromEntries(
  Object.entries({
    requestId: 'requestId',
    at: 'requestTimeEpoch',
    sourceIp: 'identity.sourceIp',
    caller: 'identity.userArn',
    method: 'httpMethod',
    path: 'path',
    status: 'status',
    responseBytes: 'responseLength',
    latencyMs: 'responseLatency',
    integrationLatencyMs: 'integrationLatency',
    error: 'integrationErrorMessage',
  }).map(([name, variable]) => [name, `$context.${variable}`]),
);
