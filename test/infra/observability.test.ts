import { describe, expect, test } from 'vitest';
import { METRICS } from '../../services/protocol/common/names.ts';
import { alarmStates } from './support/alarm-states.ts';
import { type Properties, propertiesOf, READY_IMAGE, templatesOf, text } from './support/synth.ts';

const { observability } = templatesOf({ ...READY_IMAGE, colonyName: 'reef' });
const alarms = propertiesOf(observability, 'AWS::CloudWatch::Alarm');

/** `reef-NoLeader: Maximum(Leader) < 1 for 3 × 60 s, else breaching`. */
const lines = Object.values(alarms).map((alarm) => {
  const sign = {
    LessThanThreshold: '<',
    LessThanOrEqualToThreshold: '<=',
    GreaterThanThreshold: '>',
    GreaterThanOrEqualToThreshold: '>=',
  }[alarm.ComparisonOperator as string];
  const what = `${alarm.Statistic}(${alarm.Namespace} ${alarm.MetricName})`;
  const when = `${alarm.EvaluationPeriods} × ${alarm.Period} s`;
  return `${alarm.AlarmName}: ${what} ${sign} ${alarm.Threshold} for ${when}, missing data ${alarm.TreatMissingData}`;
});

test('these alarms wake somebody up', () => {
  expect(lines.sort()).toEqual([
    'reef-BackendMissing: Minimum(DistributedColony BackendsMissing) > 0 for 5 × 60 s, missing data notBreaching',
    'reef-CheckpointLate: Maximum(DistributedColony CheckpointAge) > 300 for 3 × 60 s, missing data notBreaching',
    'reef-NoLeader: Maximum(DistributedColony Leader) < 1 for 3 × 60 s, missing data breaching',
    'reef-ServerErrors: Sum(AWS/ApiGateway 5xx) >= 5 for 1 × 300 s, missing data notBreaching',
    'reef-TicksStalled: Maximum(DistributedColony TicksPerSecond) <= 0 for 5 × 60 s, missing data notBreaching',
  ]);
});

describe('the alarm on checkpoints', () => {
  const [alarm] = Object.values(alarms).filter(({ MetricName }) => MetricName === 'CheckpointAge');
  const none = undefined;

  test.each([
    ['that comes every 10 s', [9, 10, 9, 10, 9]],
    ['that waits for a store that is away for a minute', [10, 70, 10, 10]],
    ['that was late once', [10, 310, 370, 20]],
    ['of a colony that is paused', [290, 340, 395, none, none, none, none]],
    ['of a colony that is not started', [none, none, none, none]],
  ])('is silent about one %s', (_, ages) => {
    expect(alarmStates(alarm, ages)).not.toContain('ALARM');
  });

  test.each([
    ['no further one comes to be', [10, 70, 130, 190, 250, 310, 370, 430], 7],
    ['there has never been one', [60, 120, 180, 240, 300, 360, 420, 480], 7],
  ])('fires when %s', (_, ages, minute) => {
    expect(alarmStates(alarm, ages).indexOf('ALARM')).toBe(minute);
  });

  test('ends with the next one', () => {
    expect(alarmStates(alarm, [310, 370, 430, 5]).slice(-2)).toEqual(['ALARM', 'OK']);
  });
});

test('they look at this colony only', () => {
  for (const { Namespace, Dimensions } of Object.values(alarms)) {
    const isOwn = Namespace === METRICS.namespace;
    expect(Dimensions.map(({ Name }: { Name: string }) => Name)).toEqual([
      isOwn ? 'Colony' : 'ApiId',
    ]);
    if (isOwn) expect(Dimensions[0].Value).toBe('reef');
  }
});

test('every metric of the services has an alarm', () => {
  const watched = new Set(Object.values(alarms).map(({ MetricName }) => MetricName));
  for (const name of Object.values(METRICS.names)) expect(watched).toContain(name);
});

test('without an e-mail address there is no topic', () => {
  observability.resourceCountIs('AWS::SNS::Topic', 0);
  for (const { AlarmActions } of Object.values(alarms)) expect(AlarmActions).toBeUndefined();
});

test('with an e-mail address every alarm is told, and its end too', () => {
  const { observability: template } = templatesOf({ ...READY_IMAGE, alarmEmail: 'me@example.org' });
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'me@example.org',
  });
  for (const alarm of Object.values(propertiesOf(template, 'AWS::CloudWatch::Alarm'))) {
    expect(alarm.AlarmActions.map(text)).toEqual(['<AlarmsTopic>']);
    expect(alarm.OKActions.map(text)).toEqual(['<AlarmsTopic>']);
  }
});

test('the dashboard shows every metric of the services, and the last warnings', () => {
  const [dashboard] = Object.values(propertiesOf(observability, 'AWS::CloudWatch::Dashboard'));
  expect(dashboard.DashboardName).toBe('colony-reef');
  const body = text(dashboard.DashboardBody);
  for (const name of Object.values(METRICS.names)) {
    expect(body).toContain(`["DistributedColony","${name}","Colony","reef"`);
  }
  expect(body).toContain('filter level >= 40');
});

test('without a budget there is none', () => {
  observability.resourceCountIs('AWS::Budgets::Budget', 0);
});

test('with a budget whoever is told of alarms is told of costs, by the tag of the colony', () => {
  const { observability: template } = templatesOf({
    ...READY_IMAGE,
    colonyName: 'reef',
    alarmEmail: 'me@example.org',
    monthlyBudgetUsd: 50,
  });
  const [{ Budget, NotificationsWithSubscribers }] = Object.values(
    propertiesOf(template, 'AWS::Budgets::Budget'),
  ) as [Properties];
  expect(Budget).toMatchObject({
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: 50, Unit: 'USD' },
    CostFilters: { TagKeyValue: ['user:colony$reef'] },
  });
  const told = NotificationsWithSubscribers.map(({ Notification, Subscribers }: Properties) => [
    Notification.NotificationType,
    Notification.Threshold,
    Subscribers,
  ]);
  const me = [{ SubscriptionType: 'EMAIL', Address: 'me@example.org' }];
  expect(told).toEqual([
    ['ACTUAL', 80, me],
    ['FORECASTED', 100, me],
  ]);
});
