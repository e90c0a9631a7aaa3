import type { RecoveryView, TroubleView } from '../../../protocol/api/cluster-api.ts';
import type { BackendView, ColonyView } from '../../../protocol/api/public-api.ts';
import { ERRORS, type ErrorCode } from '../../../protocol/common/error-codes.ts';
import { integer, rate } from '../text/format.ts';
import type { BackendRow } from './backend-rows.ts';

/** `5 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`: two units at most. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units: [name: string, seconds: number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, length]) => whole >= length);
  if (first < 0) return '0 s';
  let left = whole;
  const parts = units.slice(first, first + 2).flatMap(([name, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.join(' ');
}

/** `412 MB`, `1.3 GB`. */
export function bytes(value: number | null): string {
  if (value === null) return '–';
  return value < 999.5e6 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** `38 %`. */
export const percent = (share: number | null): string =>
  share === null ? '–' : `${Math.round(100 * share)} %`;

/** `15:20:11`, as clocks show it here. */
export const clockTime = (iso: string): string =>
  new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What went wrong, in words, and what to do about it. */
export function troubleText({ code, detail }: Pick<TroubleView, 'code' | 'detail'>): {
  title: string;
  detail: string;
  remedy: string;
} {
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : undefined;
  return { title: known?.title ?? code, detail, remedy: known?.remedy ?? '' };
}

/** Where and when it was so. */
export function troubleTime({ at, tick, endedAt }: TroubleView): string {
  const where = tick === null ? '' : `, at tick ${integer(tick)}`;
  const since = clockTime(at);
  return endedAt === null ? `since ${since}${where}` : `${since} to ${clockTime(endedAt)}${where}`;
}

/** How old a row is: '' if it is so now. */
export function ageText({ isKnown, ageMs }: BackendRow): string {
  if (isKnown) return '';
  return ageMs === undefined ? 'last known' : `last known, ${duration(ageMs / 1000)} ago`;
}

/** `restarted once`, `restarted 3 times`. */
export const restartsText = (restarts: number): string =>
  restarts === 1 ? 'restarted once' : `restarted ${integer(restarts)} times`;

/** What is known of a backend beside the figures of its row. */
export function backendDetails(backend: BackendView): [name: string, value: string][] {
  const { shards, lag, uptimeSeconds, restarts, address, pid } = backend;
  return [
    ['Shards', integer(shards)],
    ['Behind the foremost', lag === null ? '–' : lag === 1 ? '1 tick' : `${integer(lag)} ticks`],
    ['Up for', uptimeSeconds === null ? '–' : duration(uptimeSeconds)],
    ['Restarts seen by this leader', integer(restarts)],
    ['Address', address],
    ['Process', pid === null ? '–' : String(pid)],
  ];
}

/** Which backend the others wait for, and by what one sees it; '' where there are no others that tick. */
export function slowestText(rows: readonly BackendRow[]): string {
  const slowest = rows.find(({ holdsUp }) => holdsUp)?.backend;
  if (slowest === undefined) {
    const ticking = rows.filter(({ backend, isKnown }) => isKnown && backend.waiting !== null);
    return ticking.length < 2 ? '' : 'No backend is slower than the others: none holds them up.';
  }
  const others = rows.flatMap(({ backend, holdsUp, isKnown }) =>
    holdsUp || !isKnown || backend.waiting === null ? [] : [backend.waiting.halos],
  );
  const [least, most] = [percent(Math.min(...others)), percent(Math.max(...others))];
  const range = least === most ? most : `${least} to ${most}`;
  return `${slowest.id} is the slowest and holds the others up: it waits for neighbours ${percent(slowest.waiting?.halos ?? null)} of the time, others ${range}.`;
}

/** The steps of a recovery, in words. */
export function recoverySteps(recovery: RecoveryView): { text: string; isNow: boolean }[] {
  const { kind, step } = recovery;
  const placing = { text: 'Its shards are given to backends', isNow: step === 'placing' };
  if (kind === 'move') {
    return [
      { text: 'The world stands in the state of a checkpoint', isNow: false },
      placing,
      { text: 'It ticks on: no tick is lost', isNow: false },
    ];
  }
  return [
    { text: 'The world is lost beyond its newest checkpoint', isNow: false },
    placing,
    { text: 'What was lost is computed again', isNow: step === 'replaying' },
    { text: 'It ticks as before', isNow: false },
  ];
}

/** `tick 5,120 of 6,000` and how it goes on; nothing of what is not known. */
export function progressText(recovery: RecoveryView): string {
  const { step, tick, toTick, ticksPerSecond, remainingSeconds, elapsedSeconds } = recovery;
  const took = elapsedSeconds === null ? [] : [`${duration(elapsedSeconds)} so far`];
  if (step === 'placing') return [`it had come to tick ${integer(toTick)}`, ...took].join(', ');
  const speed = ticksPerSecond === null ? [] : [`${rate(ticksPerSecond)} ticks per second`];
  const left = remainingSeconds === null ? [] : [`about ${duration(remainingSeconds)} left`];
  return [`tick ${integer(tick)} of ${integer(toTick)}`, ...speed, ...left, ...took].join(', ');
}

/** The newest checkpoint, and what a loss would cost now. */
export function checkpointText(checkpoint: NonNullable<ColonyView['checkpoint']>): string {
  const { tick, writingTick, tickedSeconds } = checkpoint;
  const newest = tick === null ? 'none yet' : `of tick ${integer(tick)}`;
  const age = tickedSeconds === null ? [] : [`${duration(tickedSeconds)} of ticking since`];
  const next =
    writingTick === null ? [] : [`that of tick ${integer(writingTick)} is being written`];
  return [newest, ...age, ...next].join(', ');
}
