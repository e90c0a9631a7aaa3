import type { ColourCounts } from './colour-counts.ts';
import { SURVEYED_NAMES, type Survey, type Surveyed } from './survey.ts';

/** How the creatures of a world are divided among colours. */
interface Diversity {
  /** How many colours there are. */
  distinct: number;
  /** Whether colours are counted in groups; see `ColourCounts`. */
  isGrouped: boolean;
  /** Shannon's index: −Σ p · ln p, p being the share of a colour; to six decimals. 0 if nobody lives. */
  shannon: number;
  /** The largest ones, by count and then by colour. */
  largest: { colour: number; count: number }[];
}

/** A survey of a whole world as it is stored and listed. */
export interface SurveyRow {
  tick: number;
  /** Sums of squares as decimals: they exceed what a number holds. */
  squares: Record<Surveyed, string>;
  /** How many values are in each bin; see `binOf`. */
  histograms: Record<Surveyed, number[]>;
  species: Diversity;
  lineages: Diversity;
}

/** At most so many colours are listed. */
const LARGEST_MAX = 16;

/** What is kept of the survey of a whole world. */
export function surveyRow(tick: number, survey: Survey): SurveyRow {
  const { squares, histograms, species, lineages } = survey;
  const each = <T>(value: (name: Surveyed) => T) =>
    Object.fromEntries(SURVEYED_NAMES.map((name) => [name, value(name)])) as Record<Surveyed, T>;
  return {
    tick,
    squares: each((name) => String(squares[name])),
    histograms: each((name) => [...histograms[name]]),
    species: diversityOf(species),
    lineages: diversityOf(lineages),
  };
}

function diversityOf({ isGrouped, colours, counts }: ColourCounts): Diversity {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const entropy = counts.reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0);
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b);
  return {
    distinct: colours.length,
    isGrouped,
    shannon: Math.round(entropy * 1e6) / 1e6,
    largest: order.slice(0, LARGEST_MAX).map((i) => ({ colour: colours[i]!, count: counts[i]! })),
  };
}
