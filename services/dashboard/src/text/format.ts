import type { ColonyView, Phase } from '../../../protocol/api/public-api.ts';

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

/** When an event happens: its tick, and how far off it is while it is to come. */
export function eventTick(event: { tick: number }, tick: number | null): string {
  const ahead = event.tick - (tick ?? 0);
  if (ahead < 0) return integer(event.tick);
  return `${integer(event.tick)}, ${ahead === 0 ? 'next' : `in ${integer(ahead)}`}`;
}

/** How many live, what share of the cells that is, and at which tick they were counted: it is not done at each. */
export function population(statistics: ColonyView['statistics']): {
  count: string;
  share: string;
  countedAt: string;
} {
  const { population: living, cells } = statistics?.values ?? {};
  if (statistics === null || living === undefined) return { count: '–', share: '', countedAt: '' };
  const share = cells ? `${((100 * living) / cells).toFixed(0)} % of the cells` : '';
  return { count: integer(living), share, countedAt: `counted at ${integer(statistics.tick)}` };
}

/** A row of the box about the instance. */
export interface AboutRow {
  name: string;
  value: string;
  /** What the name means, where that is not plain. */
  hint?: string;
}

const DIGEST_HINT =
  'A fingerprint of the whole world at that tick. Two worlds have the same one only if they are alike to the last bit: colony verify computes the world again and compares.';
const SEED_HINT =
  'The number that all chance of this world comes from. The same seed, size, rules and injected events give the same life, to the last bit.';
const LEADER_HINT =
  'The coordinator that directs the backends. The epoch counts how often another has taken over the lead.';

/** The rows of the box about the instance. */
export function about(view: ColonyView): AboutRow[] {
  const rows: AboutRow[] = [];
  const add = (name: string, value: string, hint?: string) =>
    rows.push({ name, value, ...(hint !== undefined && { hint }) });
  if (view.colonyInstanceId !== null) add('Id', view.colonyInstanceId);
  if (view.spec !== null) {
    const { width, height, shardSize, seed } = view.spec;
    add('World', `${integer(width)} × ${integer(height)}, shards of ${integer(shardSize)}`);
    add('Seed', String(seed), SEED_HINT);
  }
  if (view.lastDigest !== null) {
    const { digest, tick } = view.lastDigest;
    add('Digest', `${digest} at ${integer(tick)}`, DIGEST_HINT);
  }
  const { leader } = view;
  if (leader !== null) add('Leader', `${leader.id}, epoch ${leader.epoch}`, LEADER_HINT);
  if (view.coordinators.length > 1) add('Coordinators', String(view.coordinators.length));
  return rows;
}
