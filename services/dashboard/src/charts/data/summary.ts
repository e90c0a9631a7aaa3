import { whole } from '../../../../protocol/common/figures.ts';

/** A series in words, for those who do not see it. */
export function summaryOf(
  label: string,
  ticks: readonly number[],
  values: readonly (number | null | undefined)[],
  told: (value: number) => string,
): string {
  const known = values.flatMap((value, i) =>
    typeof value === 'number' ? [{ tick: ticks[i] ?? 0, value }] : [],
  );
  const last = known.at(-1);
  if (last === undefined) return `${label}: nothing known.`;
  const least = known.reduce((a, b) => (b.value < a.value ? b : a));
  const most = known.reduce((a, b) => (b.value > a.value ? b : a));
  const at = ({ tick, value }: { tick: number; value: number }) =>
    `${told(value)} at tick ${whole(tick)}`;
  return `${label}: ${at(last)}; least ${at(least)}, most ${at(most)}.`;
}
