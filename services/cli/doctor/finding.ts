/** What one check of `colony doctor` found. Whatever is not in order comes with what to do about it. */
export type Finding =
  | { check: string; level: 'ok'; says: string }
  | { check: string; level: 'warning' | 'problem'; says: string; remedy: string };

/** In order. */
export const ok = (check: string, says: string): Finding => ({ check, level: 'ok', says });

/** It works, and may not for long, or not as well as it could. */
export const warning = (check: string, says: string, remedy: string): Finding => ({
  ...{ check, level: 'warning', says, remedy },
});

/** It does not work. */
export const problem = (check: string, says: string, remedy: string): Finding => ({
  ...{ check, level: 'problem', says, remedy },
});

const LEVEL_WIDTH = 'warning'.length;

/** A line for each finding, in columns. */
export function findingLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.map((finding) => {
    const { check, level, says } = finding;
    const text = level === 'ok' ? says : `${says}. ${sentence(finding.remedy)}`;
    const line = `${level.padEnd(LEVEL_WIDTH)}  ${check.padEnd(width)}  ${text}`;
    return line.replace(/\s*\n\s*/g, ' ');
  });
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** How many of them are not in order, in words. */
export function verdictText(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((f) => f.level === level).length;
  const parts = [counted(count('problem'), 'problem'), counted(count('warning'), 'warning')];
  const found = parts.filter((part) => part !== undefined).join(' and ');
  return found === '' ? 'Nothing is wrong.' : `${found} found.`;
}

const counted = (count: number, what: string): string | undefined =>
  count === 0 ? undefined : plural(count, what);

/** `1 tick`, `2 ticks`. */
export const plural = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
