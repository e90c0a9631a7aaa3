import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ColonyConfig } from './config.ts';
import { Alarms, colonyMetric } from './constructs/alarms.construct.ts';
import type { ColonyService } from './constructs/colony-service.construct.ts';

export type ObservabilityStackProps = StackProps & {
  config: ColonyConfig;
  api: HttpApi;
  table: TableV2;
  coordinator: ColonyService;
  backend: ColonyService;
};

/** A page to look at and alarms. */
export class ObservabilityStack extends Stack {
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, { config, ...rest }: ObservabilityStackProps) {
    const { api, table, coordinator, backend, ...props } = rest;
    super(scope, id, props);
    const { colonyName } = config;
    this.alarms = new Alarms(this, 'Alarms', { config, api });
    const colony = (name: Parameters<typeof colonyMetric>[1], statistic = Stats.MAXIMUM) =>
      colonyMetric(colonyName, name, statistic);
    const minute = { period: Duration.minutes(1) };
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `colony-${colonyName}`,
      defaultInterval: Duration.hours(3),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: colonyName, alarms: [...this.alarms.all], width: 24 }),
    );
    dashboard.addWidgets(
      graph('Ticks per second', [colony('ticksPerSecond', Stats.AVERAGE)]),
      graph('Leaders', [colony('leader')]),
      graph('Backends missing', [colony('backendsMissing')]),
      graph('Age of the newest checkpoint, s', [colony('checkpointAgeSeconds')]),
    );
    dashboard.addWidgets(
      graph('CPU, %', [
        coordinator.service.metricCpuUtilization(minute),
        backend.service.metricCpuUtilization(minute),
      ]),
      graph('Memory, %', [
        coordinator.service.metricMemoryUtilization(minute),
        backend.service.metricMemoryUtilization(minute),
      ]),
      graph('API', [
        api.metricCount(minute),
        api.metricClientError(minute),
        api.metricServerError(minute),
      ]),
      graph('Record', [
        table.metricConsumedReadCapacityUnits(minute),
        table.metricConsumedWriteCapacityUnits(minute),
      ]),
    );
    dashboard.addWidgets(
      new LogQueryWidget({
        title: 'Warnings and errors',
        logGroupNames: [coordinator.logGroup.logGroupName, backend.logGroup.logGroupName],
        queryLines: [
          'fields @timestamp, service, id, msg, err.message',
          'filter level >= 40 or level in ["warn", "error"]',
          'sort @timestamp desc',
          'limit 50',
        ],
        width: 24,
        height: 8,
      }),
    );
    new CfnOutput(this, 'DashboardUrl', {
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/colony-${colonyName}`,
    });
  }
}

function graph(title: string, metrics: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: metrics, width: 6 });
}
