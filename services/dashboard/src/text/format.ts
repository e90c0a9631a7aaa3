import type { BackendView, ColonyView, Phase } from '../../../protocol/api/public-api.ts';

/** How urgent something is; the style sheet gives each its colour. */
export type Tone = 'quiet' | 'good' | 'busy' | 'warn' | 'bad';

const integers = new Intl.NumberFormat('en');

export const integer = (value: number | null): string =>
  value === null ? '–' : integers.format(value);

/** Ticks per second: three digits that matter; a colony that stands has none. */
export function rate(ticksPerSecond: number | null): string {
  if (ticksPerSecond === null) return '–';
  if (ticksPerSecond === 0) return '0';
  return ticksPerSecond < 100 ? ticksPerSecond.toFixed(1) : integer(Math.round(ticksPerSecond));
}

export const askedRate = (ticksPerSecond: number | null): string =>
  ticksPerSecond === null ? 'of all it can' : `of ${integer(ticksPerSecond)} asked`;

const PHASE_TONES: Readonly<Record<Phase, Tone>> = {
  Idle: 'quiet',
  Starting: 'busy',
  Ticking: 'good',
  Paused: 'warn',
  Waiting: 'warn',
  Draining: 'busy',
  Recovering: 'busy',
  Stopping: 'busy',
  Failed: 'bad',
};
export const phaseTone = (phase: Phase): Tone => PHASE_TONES[phase];

const STATE_TONES: Readonly<Record<BackendView['state'], Tone>> = {
  Idle: 'quiet',
  Initializing: 'busy',
  Ready: 'busy',
  Ticking: 'good',
  AtHorizon: 'good',
  Waiting: 'warn',
  Blocked: 'warn',
  Failed: 'bad',
  Draining: 'warn',
  Suspect: 'warn',
  Lost: 'bad',
};
export const stateTone = (state: BackendView['state']): Tone => STATE_TONES[state];

/** `AtHorizon` → `At horizon`. */
export function stateName(state: BackendView['state']): string {
  const words = state.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words;
}

/** When an event happens: its tick, and how far off it is while it is to come. */
export function eventTick(event: { tick: number }, tick: number | null): string {
  const ahead = event.tick - (tick ?? 0);
  if (ahead < 0) return integer(event.tick);
  return `${integer(event.tick)}, ${ahead === 0 ? 'next' : `in ${integer(ahead)}`}`;
}

/** How many live, and what share of the cells that is. */
export function population(statistics: ColonyView['statistics']): {
  count: string;
  share: string;
} {
  const { population: living, cells } = statistics?.values ?? {};
  if (living === undefined) return { count: '–', share: '' };
  const share = cells ? `${((100 * living) / cells).toFixed(0)} % of the cells` : '';
  return { count: integer(living), share };
}

/** The rows of the box about the instance. */
export function about(view: ColonyView): [name: string, value: string][] {
  const rows: [string, string][] = [];
  if (view.colonyInstanceId !== null) rows.push(['Id', view.colonyInstanceId]);
  if (view.spec !== null) {
    const { width, height, shardSize, seed } = view.spec;
    rows.push(['World', `${integer(width)} × ${integer(height)}, shards of ${integer(shardSize)}`]);
    rows.push(['Seed', String(seed)]);
  }
  if (view.lastDigest !== null) {
    rows.push(['Digest', `${view.lastDigest.digest} at ${integer(view.lastDigest.tick)}`]);
  }
  if (view.leader !== null) rows.push(['Leader', `${view.leader.id}, epoch ${view.leader.epoch}`]);
  if (view.coordinators.length > 1) rows.push(['Coordinators', String(view.coordinators.length)]);
  return rows;
}
