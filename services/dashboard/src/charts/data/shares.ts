import type { KindCount, Kinds } from './tables.ts';

/** Kinds that are drawn in their own colour. */
export const KINDS_SHOWN = 12;
/** How many of them are the largest of the newest survey: in a long life those that lead now had little in all. */
const NEWEST_SHOWN = 6;

/** Shares of the living, kind by kind; what is left is of all the others. */
export interface Shares {
  /** 0xRRGGBB, the one that had the most in all first. */
  colours: readonly number[];
  /** For each colour a share from 0 to 1 for each survey; null where there is no survey, or nobody lives. */
  shares: readonly (readonly (number | null)[])[];
  others: readonly (number | null)[];
}

/**
 * The kinds that are the largest in the newest survey or were over all, and what share of the living they had. A kind
 * that is not among the largest of a survey counts there as one of the others. Pure.
 *
 * @param wanted a kind that is shown if it was among the largest of any survey
 */
export function sharesOf(
  surveys: readonly ({ kinds: Kinds; population: number } | undefined)[],
  wanted?: number,
): Shares {
  const totals = new Map<number, number>();
  for (const survey of surveys) {
    if (survey === undefined || survey.population === 0) continue;
    for (const { colour, count } of survey.kinds.largest) {
      totals.set(colour, (totals.get(colour) ?? 0) + count / survey.population);
    }
  }
  const byTotal = [...totals].sort(([a, x], [b, y]) => y - x || a - b).map(([colour]) => colour);
  const newest = surveys.findLast((survey) => survey !== undefined)?.kinds.largest ?? [];
  const first = newest.slice(0, NEWEST_SHOWN).map(({ colour }) => colour);
  if (wanted !== undefined && totals.has(wanted)) first.unshift(wanted);
  const chosen = new Set([...new Set([...first, ...byTotal])].slice(0, KINDS_SHOWN));
  const colours = byTotal.filter((colour) => chosen.has(colour));
  const shares = colours.map((colour) =>
    surveys.map((survey) =>
      survey === undefined || survey.population === 0
        ? null
        : countOf(survey.kinds.largest, colour) / survey.population,
    ),
  );
  const others = surveys.map((_, i) => {
    if (surveys[i] === undefined || surveys[i].population === 0) return null;
    const named = shares.reduce((sum, of) => sum + (of[i] ?? 0), 0);
    return Math.max(0, 1 - named);
  });
  return { colours, shares, others };
}

/** Where an axis of shares ends: all of the living, or a little more than what the shown kinds had if that is little. */
export function topOfShares(shares: readonly (readonly (number | null | undefined)[])[]): number {
  const sums = (shares[0] ?? []).map((_, i) => shares.reduce((sum, of) => sum + (of[i] ?? 0), 0));
  const most = Math.max(0, ...sums);
  return most === 0 || most > 0.5 ? 1 : most * 1.08;
}

const countOf = (largest: readonly KindCount[], colour: number): number =>
  largest.find((kind) => kind.colour === colour)?.count ?? 0;

/** `#0a1b2c`. */
export const cssColour = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;
