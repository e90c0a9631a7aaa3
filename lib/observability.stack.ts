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
import type { ColonyConfig } from './config-schema.ts';
import { Alarms, colonyMetric } from './constructs/alarms.construct.ts';
import { Budget } from './constructs/budget.construct.ts';
import type { ColonyService } from './constructs/colony-service.construct.ts';

export type ObservabilityStackProps = StackProps & {
  config: ColonyConfig;
  api: HttpApi;
  table: TableV2;
  coordinator: ColonyService;
  backend: ColonyService;
};

/** CloudWatch lays widgets out on so many columns. */
const ROW_COLUMNS = 24;

/** A page to look at and alarms. */
export class ObservabilityStack extends Stack {
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, { config, ...rest }: ObservabilityStackProps) {
    const { api, table, coordinator, backend, ...props } = rest;
    super(scope, id, props);
    const { colonyName, alarmEmail: email, monthlyBudgetUsd: monthlyUsd } = config;
    this.alarms = new Alarms(this, 'Alarms', { config, api });
    if (monthlyUsd !== undefined && email !== undefined) {
      new Budget(this, 'Budget', { colonyName, monthlyUsd, email });
    }
    const colony = (name: Parameters<typeof colonyMetric>[1], statistic = Stats.MAXIMUM) =>
      colonyMetric(colonyName, name, statistic);
    const minute = { period: Duration.minutes(1) };
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `colony-${colonyName}`,
      defaultInterval: Duration.hours(3),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({
        title: colonyName,
        alarms: [...this.alarms.all],
        width: ROW_COLUMNS,
      }),
    );
    dashboard.addWidgets(
      ...graphs({
        'Ticks per second': [colony('ticksPerSecond', Stats.AVERAGE)],
        Leaders: [colony('leader')],
        'Backends missing': [colony('backendsMissing')],
        'Age of the newest checkpoint, s': [colony('checkpointAge')],
      }),
    );
    dashboard.addWidgets(
      ...graphs({
        'CPU, %': [
          coordinator.service.metricCpuUtilization(minute),
          backend.service.metricCpuUtilization(minute),
        ],
        'Memory, %': [
          coordinator.service.metricMemoryUtilization(minute),
          backend.service.metricMemoryUtilization(minute),
        ],
        API: [
          api.metricCount(minute),
          api.metricClientError(minute),
          api.metricServerError(minute),
        ],
        Record: [
          table.metricConsumedReadCapacityUnits(minute),
          table.metricConsumedWriteCapacityUnits(minute),
        ],
      }),
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
        width: ROW_COLUMNS,
        height: 8,
      }),
    );
    new CfnOutput(this, 'DashboardUrl', {
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/colony-${colonyName}`,
    });
  }
}

/** One row of graphs by title, as wide as the dashboard. */
function graphs(metricsByTitle: Record<string, IMetric[]>): GraphWidget[] {
  const width = ROW_COLUMNS / Object.keys(metricsByTitle).length;
  return Object.entries(metricsByTitle).map(
    ([title, left]) => new GraphWidget({ title, left, width }),
  );
}
