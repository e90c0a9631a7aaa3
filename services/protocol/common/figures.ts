const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const integers = new Intl.NumberFormat('en');

/** Digits that matter. */
const DIGITS = 4;
/** Of the labels of an axis. */
const DECIMALS_MAX = 6;

/** `12.35 k`: four digits that matter with an SI prefix, a narrow space between. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 0.001) return value.toExponential(1).replace('e', ' × 10^').replace('-', '−');
  let power = Math.min(Math.max(0, Math.floor(Math.log10(size) / 3)), PREFIXES.length - 1);
  // 999.96 k has four digits only as 1.000 M.
  if (Number((size / 1000 ** power).toPrecision(DIGITS)) >= 1000 && power < PREFIXES.length - 1) {
    power++;
  }
  const scaled = Math.abs(value) / 1000 ** power;
  const isWhole = power === 0 && Number.isInteger(value);
  const decimals = isWhole
    ? 0
    : Math.max(0, DIGITS - 1 - Math.max(0, Math.floor(Math.log10(scaled))));
  const prefix = PREFIXES[power];
  const digits = scaled.toFixed(Math.min(decimals, 4));
  return `${value < 0 ? '−' : ''}${digits}${prefix ? ` ${prefix}` : ''}`;
}

/** Labels of an axis: no more digits than the steps between them need. */
export function axisFigures(splits: readonly number[]): string[] {
  const top = Math.max(...splits.map(Math.abs), 0);
  const power = top < 1000 ? 0 : Math.min(Math.floor(Math.log10(top) / 3), PREFIXES.length - 1);
  const scaled = splits.map((split) => split / 1000 ** power);
  const isWhole = (decimals: number) =>
    scaled.every((split) => Math.abs(split - Number(split.toFixed(decimals))) < 1e-9);
  let decimals = 0;
  while (decimals < DECIMALS_MAX && !isWhole(decimals)) decimals++;
  const prefix = PREFIXES[power];
  return scaled.map((split) => {
    if (split === 0) return '0';
    return `${split < 0 ? '−' : ''}${Math.abs(split).toFixed(decimals)}${prefix ? ` ${prefix}` : ''}`;
  });
}

/** `10`, `100 k`: a power of ten; below one in full. */
export const magnitude = (value: number): string => axisFigures([value])[0] ?? '';

/** `12,345`. */
export const whole = (value: number): string => integers.format(value);

/** `12.3 %` of a share from 0 to 1. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
