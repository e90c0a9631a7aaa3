import type { Verdict } from './checker.ts';

export function verdictText(v: Verdict): string {
  const figures = `${v.calls} calls, ${v.open} without an answer, checked in ${v.milliseconds} ms (${v.form})`;
  const lines = [`${v.verdict}: ${v.history}: ${figures}`, ...(v.evidence ?? [])];
  return lines.join('\n    ');
}

/** What all histories come to. */
export function summaryOf(verdicts: readonly Verdict[], tookMs: number): string {
  const sum = (of: (v: Verdict) => number) => verdicts.reduce((total, v) => total + of(v), 0);
  const counts = (['ok', 'illegal', 'unknown'] as const)
    .map((one) => `${verdicts.filter(({ verdict }) => verdict === one).length} ${one}`)
    .join(', ');
  const longestMs = Math.max(...verdicts.map(({ milliseconds }) => milliseconds));
  return [
    `${verdicts.length} histories (${counts}),`,
    `${sum(({ calls }) => calls)} calls, ${sum(({ open }) => open)} without an answer,`,
    `in ${Math.round(tookMs / 1_000)} s;`,
    `checked in ${sum(({ milliseconds }) => milliseconds)} ms, the longest in ${longestMs} ms`,
  ].join(' ');
}
