import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';

export interface BudgetProps {
  colonyName: string;
  /** Dollars of one month. */
  monthlyUsd: number;
  /** Who is told. */
  email: string;
}

/** Told by mail: 80 % are spent, or what is forecast for the month is more than all of it. */
const NOTIFICATIONS = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/** What the colony costs, by its tag: it is seen once the tag is activated for cost allocation. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { colonyName, monthlyUsd, email }: BudgetProps) {
    super(scope, id);
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `colony-${colonyName}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:colony$${colonyName}`] },
      },
      notificationsWithSubscribers: NOTIFICATIONS.map((what) => ({
        notification: {
          ...what,
          comparisonOperator: 'GREATER_THAN',
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'EMAIL', address: email }],
      })),
    });
  }
}
