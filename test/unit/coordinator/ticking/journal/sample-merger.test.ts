import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SampleMerger } from '../../../../../services/coordinator/ticking/journal/sample-merger.ts';
import { encodeSurvey } from '../../../../../services/protocol/colony/survey-codec.ts';
import { Timeline } from '../../../../../services/world/events/timeline.ts';
import { type Changes, EMPTY_CHANGES } from '../../../../../services/world/measuring/changes.ts';
import {
  mergeSurveys,
  type Survey,
  surveyOf,
} from '../../../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../../../services/world/measuring/survey-row.ts';
import { SingleWorld } from '../../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../../services/world/spec/spec.ts';
import { specOf } from '../../../world/worlds.ts';
import { hex, sampleOf } from '../../fixtures.ts';

const ticksOf = (whole: { tick: number }[]) => whole.map(({ tick }) => tick);

describe('the sample merger', () => {
  test('waits until all shards are covered, then adds digests and statistics up', () => {
    const merger = new SampleMerger(5);
    expect(merger.add('a', [sampleOf(0, 2, 10)])).toEqual([]);
    expect(merger.add('b', [sampleOf(0, 3, 20)])).toMatchObject([
      { tick: 0, digest: hex(30), statistics: { population: 5 } },
    ]);
  });

  test('adds up what happened', () => {
    const merger = new SampleMerger(2);
    merger.add('a', [{ ...sampleOf(20, 1), changes: { ...EMPTY_CHANGES, births: 3 } }]);
    const whole = merger.add('b', [
      { ...sampleOf(20, 1), changes: { ...EMPTY_CHANGES, births: 4, moves: 1 } },
    ]);
    expect(whole).toMatchObject([{ changes: { ...EMPTY_CHANGES, births: 7, moves: 1 } }]);
  });

  test('merges surveys into the row that is stored', () => {
    const whole = new SingleWorld(specOf({ width: 64, height: 32, shardSize: 32 }), {
      shardSize: 32,
    });
    const [west, east] = whole.blocks.map((block) => surveyOf(block, 500)) as [Survey, Survey];
    const merger = new SampleMerger(2);
    merger.add('a', [{ ...sampleOf(500, 1), survey: encodeSurvey(west) }]);
    const [entry] = merger.add('b', [{ ...sampleOf(500, 1), survey: encodeSurvey(east) }]);
    expect(entry?.survey).toEqual(surveyRow(500, mergeSurveys(west, east)));
    expect(merger.add('a', [sampleOf(520, 2)])[0]).not.toHaveProperty('survey');
  });

  test('adds what happened before, where the topology starts between two samples', () => {
    const origin = new Timeline(DEFAULT_WORLD_SPEC).originHere(0);
    const births = (count: number) => ({ ...EMPTY_CHANGES, births: count });
    const firstOf = (tick: number, changes?: Changes) => {
      const merger = new SampleMerger(1, { ...origin, tick, ...(changes && { changes }) });
      const samples = [40, 60].map((at) => ({ ...sampleOf(at, 1), changes: births(3) }));
      return merger.add('a', samples).map((entry) => entry.changes?.births);
    };
    expect(firstOf(33, births(5))).toEqual([8, 3]);
    // What a checkpoint of an earlier build does not tell.
    expect(firstOf(33)).toEqual([undefined, 3]);
    expect(firstOf(20)).toEqual([3, 3]);
  });

  test('leaves changes out where they are not known of all shards', () => {
    const merger = new SampleMerger(2);
    merger.add('a', [{ ...sampleOf(20, 1), changes: EMPTY_CHANGES }]);
    expect(merger.add('b', [sampleOf(20, 1)])[0]).not.toHaveProperty('changes');
  });

  test('adds digests modulo 2^64', () => {
    const merger = new SampleMerger(2);
    merger.add('a', [{ ...sampleOf(0, 1), digest: 'f'.repeat(16) }]);
    expect(merger.add('b', [sampleOf(0, 1, 3)])).toMatchObject([{ digest: hex(2) }]);
  });

  test('gives statistics without a digest where none was taken', () => {
    const merger = new SampleMerger(1);
    expect(merger.add('a', [sampleOf(20, 1)])).toMatchObject([{ tick: 20, digest: undefined }]);
  });

  test('gives a single backend’s samples at once, in order', () => {
    const merger = new SampleMerger(4);
    const samples = [sampleOf(0, 4, 1), sampleOf(20, 4), sampleOf(40, 4)];
    expect(ticksOf(merger.add('a', samples))).toEqual([0, 20, 40]);
  });

  test('takes repeats of what is not confirmed yet only once', () => {
    const merger = new SampleMerger(2);
    merger.add('a', [sampleOf(0, 1, 1)]);
    expect(merger.add('a', [sampleOf(0, 1, 1), sampleOf(20, 1)])).toEqual([]);
    expect(merger.add('b', [sampleOf(0, 1, 2)])).toMatchObject([{ tick: 0, digest: hex(3) }]);
    expect(merger.add('b', [sampleOf(0, 1, 2)])).toEqual([]);
  });

  test('of a new leader goes on although some backends had their last samples confirmed', () => {
    const merger = new SampleMerger(2);
    // Tick 0 and 20 were confirmed to backend a by the former leader, to b they were not.
    merger.add('b', [sampleOf(0, 1, 1), sampleOf(20, 1)]);
    merger.add('b', [sampleOf(40, 1)]);
    expect(ticksOf(merger.add('a', [sampleOf(40, 1)]))).toEqual([40]);
    merger.add('a', [sampleOf(60, 1)]);
    expect(ticksOf(merger.add('b', [sampleOf(60, 1)]))).toEqual([60]);
  });

  test('gives each tick once with the sum of all, however replies interleave and repeat', () => {
    const delivery = fc.record({ backend: fc.nat(3), count: fc.nat(8) });
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 80 }), (deliveries) => {
        const merger = new SampleMerger(1 + 2 + 3 + 4);
        const reached = [0, 0, 0, 0];
        const whole = deliveries.flatMap(({ backend, count }) => {
          const from = Math.max(0, reached[backend]! - 3);
          reached[backend] = reached[backend]! + count;
          const samples = Array.from({ length: reached[backend]! - from }, (_, i) =>
            sampleOf((from + i) * 20, backend + 1, (from + i) * 10 + backend),
          );
          return merger.add(`boot-${backend}`, samples);
        });
        const expected = Array.from({ length: Math.min(...reached) }, (_, i) => ({
          tick: i * 20,
          digest: hex(i * 40 + 6),
          statistics: expect.objectContaining({ population: 10 }),
        }));
        expect(whole).toEqual(expected);
      }),
    );
  });
});
