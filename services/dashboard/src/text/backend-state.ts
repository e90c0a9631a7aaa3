import type { BackendView } from '../../../protocol/api/public-api.ts';
import type { Tone } from './format.ts';

/** What a backend is about, for people. */
export interface StateWords {
  name: string;
  /** In a sentence. */
  meaning: string;
  tone: Tone;
}

const WORDS: Readonly<Record<BackendView['state'], StateWords>> = {
  Idle: { name: 'No shards', meaning: 'It holds no part of the world.', tone: 'quiet' },
  Initializing: { name: 'Making land', meaning: 'It makes its part of the world.', tone: 'busy' },
  Ready: {
    name: 'Ready',
    meaning: 'Its part of the world is made. It begins when all others are ready too.',
    tone: 'busy',
  },
  Ticking: { name: 'Ticking', meaning: 'It ticks its part of the world.', tone: 'good' },
  AtHorizon: {
    name: 'Awaits leader',
    meaning: 'It has ticked as far as the leader allows, and goes on when that allows more.',
    tone: 'good',
  },
  Waiting: {
    name: 'Awaits neighbour',
    meaning: 'It cannot go on before another backend has told it the edges of its shards.',
    tone: 'warn',
  },
  Blocked: {
    name: 'Awaits storage',
    meaning: 'It goes on when what was measured of the world is stored.',
    tone: 'warn',
  },
  Failed: { name: 'Failed', meaning: 'It cannot go on: see what is wrong with it.', tone: 'bad' },
  Draining: {
    name: 'Leaving',
    meaning: 'It is to end: its shards are handed to other backends.',
    tone: 'warn',
  },
  Suspect: {
    name: 'No answer',
    meaning: 'It has not answered for a while. If it goes on so, its shards go to others.',
    tone: 'warn',
  },
  Lost: {
    name: 'Lost',
    meaning: 'It is gone. Its shards are computed again by others from the newest checkpoint.',
    tone: 'bad',
  },
};

const PAUSED: StateWords = {
  name: 'Paused',
  meaning: 'It stands because the colony is paused.',
  tone: 'warn',
};

/**
 * The state of a backend in words. Pure.
 *
 * @param isPaused the colony is: then who has ticked as far as is allowed stands for that reason.
 */
export function stateWords({ state, waitingFor }: BackendView, isPaused: boolean): StateWords {
  if (isPaused && state === 'AtHorizon') return PAUSED;
  const words = WORDS[state];
  if (state !== 'Waiting' || waitingFor.length === 0) return words;
  return { ...words, meaning: `${words.meaning} It waits for ${waitingFor.join(', ')}.` };
}
