import { whole } from '../../../../protocol/common/figures.ts';
import { cssColour } from './shares.ts';
import { countedIn, type Kinds, type Survey } from './tables.ts';

/** A kind, and its share of the living from 0 to 1. */
export interface Ranked {
  colour: number;
  name: string;
  share: number;
}

/** The largest kinds of a survey, the largest first. Pure. */
export function ranked(survey: Survey, of: (survey: Survey) => Kinds, most: number): Ranked[] {
  const population = countedIn(survey, 'size');
  return of(survey)
    .largest.slice(0, most)
    .map(({ colour, count }) => ({
      colour,
      name: cssColour(colour),
      share: population === 0 ? 0 : count / population,
    }));
}

/**
 * Since which survey the largest kind of a survey has been the largest without a break, in words. Pure.
 *
 * @param index of the survey that is looked at
 * @returns '' if nobody lives
 */
export function leadText(
  surveys: readonly Survey[],
  index: number,
  of: (survey: Survey) => Kinds,
): string {
  const leaderOf = (at: number) => {
    const survey = surveys[at];
    return survey && of(survey).largest[0]?.colour;
  };
  const leader = leaderOf(index);
  if (leader === undefined) return '';
  let first = index;
  while (first > 0 && leaderOf(first - 1) === leader) first--;
  const tick = surveys[first]?.tick ?? 0;
  const words = `tick ${whole(tick)}`;
  // Before the first survey that is shown it may have led as well.
  const since = first === 0 && tick > 0 ? `${words} or longer` : words;
  return `${cssColour(leader)} has led since ${since}`;
}
