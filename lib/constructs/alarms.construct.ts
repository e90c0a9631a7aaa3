import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { METRICS } from '../../services/protocol/common/names.ts';
import type { ColonyConfig } from '../config-schema.ts';

/** Checkpoints come every few seconds; this much is recomputed in far less. */
const CHECKPOINT_AGE_SECONDS = 300;

/** What the services measure, by the minute. */
export function colonyMetric(
  colonyName: string,
  name: keyof typeof METRICS.names,
  statistic: string,
): Metric {
  return new Metric({
    namespace: METRICS.namespace,
    metricName: METRICS.names[name],
    dimensionsMap: { [METRICS.dimension]: colonyName },
    statistic,
    period: Duration.minutes(1),
  });
}

/** What wakes somebody up. Without `alarmEmail` the alarms only show. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(
    scope: Construct,
    id: string,
    { config, api }: { config: ColonyConfig; api: HttpApi },
  ) {
    super(scope, id);
    const { colonyName, alarmEmail } = config;
    const alarms: Record<string, Omit<AlarmProps, 'alarmName'>> = {
      NoLeader: {
        alarmDescription: 'No coordinator leads.',
        metric: colonyMetric(colonyName, 'leader', Stats.MAXIMUM),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 3,
        // A coordinator that is not there measures nothing.
        treatMissingData: TreatMissingData.BREACHING,
      },
      BackendMissing: {
        alarmDescription: 'Fewer backends answer the leader than it wants.',
        metric: colonyMetric(colonyName, 'backendsMissing', Stats.MINIMUM),
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: 0,
        evaluationPeriods: 5,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      },
      TicksStalled: {
        alarmDescription: 'The colony ought to tick and does not.',
        metric: colonyMetric(colonyName, 'ticksPerSecond', Stats.MAXIMUM),
        comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 0,
        evaluationPeriods: 5,
        // It is measured only while the colony ought to tick.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      },
      CheckpointLate: {
        alarmDescription:
          'The colony ticks, and its newest checkpoint is old: a loss would cost a replay.',
        metric: colonyMetric(colonyName, 'checkpointAge', Stats.MAXIMUM),
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold: CHECKPOINT_AGE_SECONDS,
        evaluationPeriods: 3,
        // It is measured only while the colony ought to tick and another one is due.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      },
      ServerErrors: {
        alarmDescription: 'The API answers with 5xx.',
        metric: api.metricServerError({ period: Duration.minutes(5), statistic: Stats.SUM }),
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 5,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      },
    };
    this.all = Object.entries(alarms).map(
      ([name, props]) => new Alarm(this, name, { ...props, alarmName: `${colonyName}-${name}` }),
    );
    if (alarmEmail !== undefined) this.#tell(alarmEmail);
  }

  #tell(email: string): void {
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    // A topic with a policy of its own lets in only whom that names.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Alarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    topic.addSubscription(new EmailSubscription(email));
    const action = new SnsAction(topic);
    for (const alarm of this.all) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}
