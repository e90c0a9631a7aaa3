import type { Properties } from './synth.ts';

type State = 'OK' | 'ALARM';

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
};

/**
 * The state of an alarm after each period, as CloudWatch evaluates it where all periods must breach: of a
 * period without a value `TreatMissingData` says whether it breaches.
 *
 * @param values of the statistic, by period; undefined: nothing was measured
 */
export function alarmStates(
  alarm: Properties | undefined,
  values: readonly (number | undefined)[],
): State[] {
  if (alarm === undefined) throw new Error('there is no such alarm');
  const { EvaluationPeriods, DatapointsToAlarm, ComparisonOperator, Threshold, TreatMissingData } =
    alarm;
  if (DatapointsToAlarm !== undefined) throw new Error('m of n periods are not evaluated here');
  const compare = COMPARISONS[ComparisonOperator];
  if (compare === undefined) throw new Error(`an alarm by ${ComparisonOperator} is not known here`);
  const breaches = values.map((value) =>
    value === undefined ? TreatMissingData === 'breaching' : compare(value, Threshold),
  );
  return breaches.map((_, last) => {
    const looked = breaches.slice(Math.max(0, last + 1 - EvaluationPeriods), last + 1);
    return looked.length === EvaluationPeriods && looked.every(Boolean) ? 'ALARM' : 'OK';
  });
}
