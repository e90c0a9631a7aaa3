import type { Watched } from './watch.ts';

/** What one attack did. */
export interface Assault {
  name: string;
  watched: Watched;
  /** How often it went how. */
  tally: ReadonlyMap<string, number>;
  /** Of these, what is no refusal. */
  breaches: readonly string[];
}

export interface Siege {
  before: Watched;
  assaults: readonly Assault[];
  after: Watched;
  /** By process, once it has had time to come back. */
  bytesAfter: ReadonlyMap<string, number>;
  /** Lines in the logs. */
  errors: readonly string[];
  /** What of the colony is another than before: nothing may be. */
  changes: readonly string[];
}

/** Of the rate before, in the same run. */
const RATE_SHARE = 0.9;
const PEAK_GROWTH_BYTES = 200 * 2 ** 20;
/** What the collector of garbage keeps for a while. */
const LASTING_GROWTH_BYTES = 64 * 2 ** 20;
/** Of all logs. An attack that is refused 400 times a second would write hundreds. */
const LOG_BYTES_PER_HOUR = 20 * 2 ** 20;

/** The bounds that did not hold, in words. */
export function brokenBounds(siege: Siege): string[] {
  const { before, assaults, after, bytesAfter, errors, changes } = siege;
  const least = RATE_SHARE * before.ticksPerSecond;
  const slow = [...assaults, { name: 'afterwards', watched: after }]
    .filter(({ watched }) => watched.ticksPerSecond < least)
    .map(
      ({ name, watched }) =>
        `${name}: ${watched.ticksPerSecond.toFixed(1)} ticks/s, at least ${least.toFixed(1)} expected`,
    );
  const breaches = assaults.flatMap(({ name, breaches: these }) =>
    these.map((outcome) => `${name}: not refused: ${outcome}`),
  );
  const large = assaults.flatMap(({ name, watched }) =>
    grown(before.peakBytes, watched.peakBytes, PEAK_GROWTH_BYTES).map((who) => `${name}: ${who}`),
  );
  const kept = grown(before.peakBytes, bytesAfter, LASTING_GROWTH_BYTES);
  const logs = assaults
    .filter(({ watched }) => watched.logBytesPerHour > LOG_BYTES_PER_HOUR)
    .map(
      ({ name, watched }) => `${name}: logs grow by ${mebi(watched.logBytesPerHour)} MiB an hour`,
    );
  const lines = errors.slice(0, 5).map((line) => `an error in a log: ${line.slice(0, 300)}`);
  const afterwards = kept.map((who) => `afterwards: ${who}`);
  return [...breaches, ...slow, ...large, ...afterwards, ...logs, ...lines, ...changes];
}

function grown(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
  byBytes: number,
): string[] {
  return [...now].flatMap(([name, bytes]) => {
    const was = before.get(name) ?? 0;
    return bytes - was > byBytes ? [`${name} grew from ${mebi(was)} to ${mebi(bytes)} MiB`] : [];
  });
}

const ROLES = ['coordinator', 'backend', 'store'];

const mebi = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);

/** What happened, in lines for people. */
export function siegeTable({ before, assaults, after, bytesAfter }: Siege): string[] {
  const rows = [
    ['before', before] as const,
    ...assaults.map(({ name, watched }) => [name, watched] as const),
    ['after', { ...after, peakBytes: bytesAfter }] as const,
  ];
  const cells = rows.map(([name, { ticksPerSecond, peakBytes, logBytesPerHour }]) => {
    const largest = ROLES.map((role) => {
      const sizes = [...peakBytes]
        .filter(([who]) => who.startsWith(role))
        .map(([, bytes]) => bytes);
      return sizes.length === 0 ? '-' : mebi(Math.max(...sizes));
    });
    const figures = [ticksPerSecond.toFixed(1), ...largest, mebi(logBytesPerHour)];
    return name.padEnd(42) + figures.map((text) => text.padStart(12)).join('');
  });
  const titles = ['ticks/s', ...ROLES, 'logs/h'];
  const went = assaults.flatMap(({ name, tally }) => [
    name,
    ...[...tally]
      .sort(([, a], [, b]) => b - a)
      .map(([how, n]) => `  ${String(n).padStart(6)} ${how}`),
  ]);
  return [
    'ticks/s: the median over seconds; MiB of memory of the largest process of each kind at its most; MiB of',
    'all logs, for an hour like this',
    '',
    ''.padEnd(42) + titles.map((title) => title.padStart(12)).join(''),
    ...cells,
    '',
    'how they were answered',
    ...went,
  ];
}
