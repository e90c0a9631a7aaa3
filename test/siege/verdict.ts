import type { Rate, Watched } from './watch.ts';

/** What one attack did. */
export interface Assault {
  name: string;
  watched: Watched;
  /** What the colony ticked without it, in the same run. */
  expected: Rate;
  /** Whether it ticked alike before and after it: else this says nothing of the attack. */
  isSteady: boolean;
  /** How often it went how. */
  tally: ReadonlyMap<string, number>;
  /** Of these, what is no refusal. */
  breaches: readonly string[];
}

export interface Siege {
  /** Else it ticks as fast as it goes. */
  isPaced: boolean;
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
/** What the machine, and the world itself, may change meanwhile. */
const STEADY_PERCENT = 10;
const PEAK_GROWTH_BYTES = 200 * 2 ** 20;
/** What the collector of garbage keeps for a while. */
const LASTING_GROWTH_BYTES = 64 * 2 ** 20;
/** Of all logs. An attack that is refused 400 times a second would write hundreds. */
const LOG_BYTES_PER_HOUR = 20 * 2 ** 20;

/** The bounds that did not hold, in words. */
export function brokenBounds(siege: Siege): string[] {
  const { isPaced, before, assaults, after, bytesAfter, errors, changes } = siege;
  const calm = { name: 'afterwards', watched: after, expected: before };
  // A world without a pace is another one afterwards: it ticks at another rate.
  const judged = [...assaults.filter(({ isSteady }) => isSteady), ...(isPaced ? [calm] : [])];
  const slow = judged.flatMap(({ name, watched, expected }) =>
    slowness(isPaced, watched, expected).map((how) => `${name}: ${how}`),
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

/** The attacks of which nobody can say what they took. */
export const unjudged = ({ assaults }: Siege): string[] =>
  assaults.flatMap(({ name, isSteady }) =>
    isSteady ? [] : [`${name}: the rate without it changed by more than ${STEADY_PERCENT} %`],
  );

/**
 * Without a pace the attacker takes processor time that the world would have used, and so does whatever else
 * runs on the machine: then it is what the backends make of theirs that must not fall, where that is known.
 */
function slowness(isPaced: boolean, watched: Rate, expected: Rate): string[] {
  const rateOf = isPaced ? ({ ticksPerSecond }: Rate) => ticksPerSecond : unpacedRate;
  const unit = isPaced ? 'ticks/s' : 'ticks per CPU s';
  const least = RATE_SHARE * rateOf(expected);
  const rate = rateOf(watched);
  return rate < least ? [`${rate.toFixed(1)} ${unit}, at least ${least.toFixed(1)} expected`] : [];
}

const unpacedRate = ({ ticksPerSecond, ticksPerCpuSecond = ticksPerSecond }: Rate): number =>
  ticksPerCpuSecond;

/** Whether two rates of an undisturbed world without a pace are alike. */
export function areAlike(a: Rate, b: Rate): boolean {
  const [low = 0, high = 0] = [unpacedRate(a), unpacedRate(b)].sort((x, y) => x - y);
  return 100 * (high - low) <= STEADY_PERCENT * high;
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

const share = (now: number | undefined, before: number | undefined): string =>
  now === undefined || before === undefined || before === 0
    ? '-'
    : `${((100 * now) / before).toFixed(0)} %`;

/** What happened, in lines for people. */
export function siegeTable({ before, assaults, after, bytesAfter }: Siege): string[] {
  const rows = [
    ['before', before, before] as const,
    ...assaults.map(({ name, watched, expected }) => [name, watched, expected] as const),
    ['after', { ...after, peakBytes: bytesAfter }, before] as const,
  ];
  const cells = rows.map(([name, watched, expected]) => {
    const { ticksPerSecond, ticksPerCpuSecond, peakBytes, logBytesPerHour } = watched;
    const largest = ROLES.map((role) => {
      const sizes = [...peakBytes]
        .filter(([who]) => who.startsWith(role))
        .map(([, bytes]) => bytes);
      return sizes.length === 0 ? '-' : mebi(Math.max(...sizes));
    });
    const rates = [
      ticksPerSecond.toFixed(1),
      share(ticksPerSecond, expected.ticksPerSecond),
      ticksPerCpuSecond?.toFixed(1) ?? '-',
      share(ticksPerCpuSecond, expected.ticksPerCpuSecond),
    ];
    const figures = [...rates, ...largest, mebi(logBytesPerHour)];
    return name.padEnd(42) + figures.map((text) => text.padStart(12)).join('');
  });
  const titles = ['ticks/s', '', 'per CPU s', '', ...ROLES, 'logs/h'];
  const went = assaults.flatMap(({ name, tally }) => [
    name,
    ...[...tally]
      .sort(([, a], [, b]) => b - a)
      .map(([how, n]) => `  ${String(n).padStart(6)} ${how}`),
  ]);
  return [
    'ticks/s: the median over seconds; per CPU s: ticks for a second of the backends’ processor time; both with',
    'their share of what they are without an attack; MiB of memory of the largest process of each kind at its',
    'most; MiB of all logs, for an hour like this',
    '',
    ''.padEnd(42) + titles.map((title) => title.padStart(12)).join(''),
    ...cells,
    '',
    'how they were answered',
    ...went,
  ];
}
