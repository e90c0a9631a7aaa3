import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleSchema } from '../../../../services/protocol/colony/sampling.ts';
import {
  decodeSurvey,
  encodeSurvey,
  SURVEY_TEXT_MAX,
} from '../../../../services/protocol/colony/survey-codec.ts';
import {
  COLOURS_MAX,
  type ColourCounts,
} from '../../../../services/world/measuring/colour-counts.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import {
  EMPTY_SURVEY,
  type Survey,
  surveyOf,
} from '../../../../services/world/measuring/survey.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { scatter, wholeBlock } from '../../world/worlds.ts';

function someSurvey(seed = 1): Survey {
  const block = wholeBlock(40, 30, 0);
  scatter(block, seed, DEFAULT_RULES);
  return surveyOf(block, 9);
}

/** As many colours as there may be, as many as can be far apart, and counts as large as fit into a world. */
function longest(): Survey {
  const apart = 129_000;
  const near = COLOURS_MAX - apart;
  const colours = Uint32Array.from({ length: COLOURS_MAX }, (_, i) =>
    i < near ? i : near + (i - near) * 129 + 128,
  );
  const total = 2 ** 32;
  const large = (total - COLOURS_MAX) / 2 ** 14;
  const counts = new Float64Array(COLOURS_MAX).fill(1).fill(2 ** 14 + 1, 0, large);
  const entries: ColourCounts = { isGrouped: false, colours, counts };
  const histogram = (bins: number) => new Float64Array(bins).fill(total / bins);
  return {
    squares: { food: 2n ** 64n, size: 2n ** 64n, health: 2n ** 64n, ageTicks: 2n ** 64n },
    histograms: {
      food: histogram(32),
      size: histogram(16),
      health: histogram(32),
      ageTicks: histogram(32),
    },
    species: entries,
    lineages: entries,
  };
}

describe('a survey on the wire', () => {
  test('is read as it was written', () => {
    for (const survey of [someSurvey(), EMPTY_SURVEY]) {
      expect(decodeSurvey(encodeSurvey(survey))).toEqual(survey);
    }
  });

  test('takes a few bytes for each species', () => {
    const survey = someSurvey();
    const entries = survey.species.colours.length + survey.lineages.colours.length;
    expect(encodeSurvey(survey).length).toBeLessThan(500 + 8 * entries);
  });

  test('fits its bound, were it the longest that there can be', () => {
    const text = encodeSurvey(longest());
    expect(text.length).toBeLessThan(SURVEY_TEXT_MAX);
    expect(text.length).toBeGreaterThan(0.98 * SURVEY_TEXT_MAX);
    expect(encodeSurvey(decodeSurvey(text)) === text).toBe(true);
  });

  test('is refused whatever is changed in it, or it is another whole survey', () => {
    const bytes = Buffer.from(encodeSurvey(someSurvey()), 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ change;
        const text = changed.toString('base64');
        let survey: Survey | undefined;
        try {
          survey = decodeSurvey(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        if (survey === undefined) return;
        const { size } = survey.histograms;
        const sum = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
        expect(sum(survey.species.counts)).toBe(sum(size));
        for (const { colours } of [survey.species, survey.lineages]) {
          expect([...colours]).toEqual([...new Set(colours)].sort((a, b) => a - b));
          expect(colours.at(-1) ?? 0).toBeLessThanOrEqual(0xffffff);
        }
      }),
      { numRuns: 300 },
    );
  });

  const bytesOf = (survey: Survey) => Buffer.from(encodeSurvey(survey), 'base64');
  test.each([
    ['nothing', ''],
    ['no base64', '!!!!'],
    ['another version', Buffer.from([2]).toString('base64')],
    ['half of it', bytesOf(someSurvey()).subarray(0, 400).toString('base64')],
    ['bytes behind it', Buffer.concat([bytesOf(EMPTY_SURVEY), Buffer.of(0)]).toString('base64')],
    // Its list of species would have 2^18 entries, of which none came.
    [
      'a promise of entries',
      Buffer.concat([bytesOf(EMPTY_SURVEY).subarray(0, -3), Buffer.of(0x80, 0x80, 0x10)]).toString(
        'base64',
      ),
    ],
    ['numbers without an end', Buffer.from([1, ...Array(60).fill(0x80)]).toString('base64')],
    ['more than its bound', 'A'.repeat(SURVEY_TEXT_MAX + 4)],
  ])('is refused as %s', (_, text) => {
    expect(() => decodeSurvey(text)).toThrow(RangeError);
    const sample = { tick: 500, shards: 1, statistics: EMPTY_STATISTICS };
    expect(sampleSchema.safeParse({ ...sample, survey: text }).success).toBe(false);
    expect(sampleSchema.safeParse({ ...sample, survey: encodeSurvey(EMPTY_SURVEY) }).success).toBe(
      true,
    );
  });
});
