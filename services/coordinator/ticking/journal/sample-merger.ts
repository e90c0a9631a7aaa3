import type { TopologyOrigin } from '../../../protocol/colony/origin.ts';
import { type Sample, STATISTICS_EVERY_TICKS } from '../../../protocol/colony/sampling.ts';
import { decodeSurvey } from '../../../protocol/colony/survey-codec.ts';
import { GENESIS } from '../../../world/events/origin.ts';
import { type Changes, EMPTY_CHANGES, mergeChanges } from '../../../world/measuring/changes.ts';
import { addDigests, formatDigest, parseDigest } from '../../../world/measuring/digest.ts';
import {
  EMPTY_STATISTICS,
  mergeStatistics,
  type Statistics,
} from '../../../world/measuring/statistics.ts';
import { EMPTY_SURVEY, mergeSurveys, type Survey } from '../../../world/measuring/survey.ts';
import { surveyRow } from '../../../world/measuring/survey-row.ts';
import type { JournalEntry } from './journal-sink.ts';

interface Pending {
  shards: number;
  digest: bigint | undefined;
  statistics: Statistics;
  changes: Changes | undefined;
  survey: Survey | undefined;
}

/**
 * Adds up the backends' samples until they cover the whole world. It lives as long as one leader drives
 * one topology. Backends repeat samples until they are confirmed; repeats are recognised by their tick,
 * since every backend delivers in order of ticks.
 */
export class SampleMerger {
  readonly #shards: number;
  readonly #origin: TopologyOrigin;
  readonly #pending = new Map<number, Pending>();
  readonly #lastTickOf = new Map<string, number>();

  /** @param origin where the topology starts. @default genesis */
  constructor(shards: number, origin: TopologyOrigin = GENESIS) {
    this.#shards = shards;
    this.#origin = origin;
  }

  /** Takes a backend's samples; returns the entries that are complete now, in order of ticks. */
  add(bootId: string, samples: readonly Sample[]): JournalEntry[] {
    const whole: JournalEntry[] = [];
    for (const sample of samples) {
      if (sample.tick <= (this.#lastTickOf.get(bootId) ?? -1)) continue;
      this.#lastTickOf.set(bootId, sample.tick);
      const sum = this.#sum(sample);
      if (sum.shards < this.#shards) continue;
      // An earlier tick that is still incomplete was confirmed to some backend by a former leader,
      // so that leader has stored it: it can never become complete here.
      for (const tick of this.#pending.keys()) {
        if (tick <= sample.tick) this.#pending.delete(tick);
      }
      const changes = this.#sinceSample(sample.tick, sum.changes);
      whole.push({
        tick: sample.tick,
        digest: sum.digest === undefined ? undefined : formatDigest(sum.digest),
        statistics: sum.statistics,
        ...(changes && { changes }),
        ...(sum.survey !== undefined && { survey: surveyRow(sample.tick, sum.survey) }),
      });
    }
    return whole;
  }

  /** If the topology starts between two samples, what happened before is in neither of them. */
  #sinceSample(tick: number, changes: Changes | undefined): Changes | undefined {
    const origin = this.#origin;
    if (origin.kind === 'genesis' || origin.tick % STATISTICS_EVERY_TICKS === 0) return changes;
    if (tick - origin.tick >= STATISTICS_EVERY_TICKS) return changes;
    return changes && origin.changes && mergeChanges(origin.changes, changes);
  }

  #sum(sample: Sample): Pending {
    const before = this.#pending.get(sample.tick) ?? {
      shards: 0,
      digest: sample.digest === undefined ? undefined : 0n,
      statistics: EMPTY_STATISTICS,
      changes: sample.changes && EMPTY_CHANGES,
      survey: sample.survey === undefined ? undefined : EMPTY_SURVEY,
    };
    const sum: Pending = {
      shards: before.shards + sample.shards,
      digest:
        before.digest === undefined || sample.digest === undefined
          ? undefined
          : addDigests(before.digest, parseDigest(sample.digest)),
      statistics: mergeStatistics(before.statistics, sample.statistics),
      changes: before.changes && sample.changes && mergeChanges(before.changes, sample.changes),
      survey:
        before.survey === undefined || sample.survey === undefined
          ? undefined
          : mergeSurveys(before.survey, decodeSurvey(sample.survey)),
    };
    this.#pending.set(sample.tick, sum);
    return sum;
  }
}
