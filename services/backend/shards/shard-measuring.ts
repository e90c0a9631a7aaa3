import type { WorkerPool } from '../../kernel/worker-pool.ts';
import { type Sample, STATISTICS_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import { encodeSurvey } from '../../protocol/colony/survey-codec.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { type Changes, EMPTY_CHANGES, mergeChanges } from '../../world/measuring/changes.ts';
import { formatDigest } from '../../world/measuring/digest.ts';

/** What is measured: the shards of a backend in one state. */
export interface MeasuredState {
  tick: number;
  /** How many shards there are. */
  shards: number;
  origin: Topology['origin'];
}

/** Measures the shards of a backend, and keeps what happened until a state is sampled. */
export class ShardMeasuring {
  readonly #pool: Pick<WorkerPool, 'measure' | 'survey'>;
  /** What was measured of changes since the last state that is sampled. */
  #changes: Changes = EMPTY_CHANGES;

  constructor(pool: Pick<WorkerPool, 'measure' | 'survey'>) {
    this.#pool = pool;
  }

  /** @returns undefined if the work was aborted. */
  async measure(
    { tick, shards, origin }: MeasuredState,
    withDigest: boolean,
    withSurvey: boolean,
  ): Promise<Sample | undefined> {
    const measured = await this.#pool.measure(tick, withDigest);
    if (measured === undefined) return undefined;
    const survey = withSurvey ? await this.#pool.survey(tick) : undefined;
    if (withSurvey && survey === undefined) return undefined;
    const { statistics, digest } = measured;
    const changes = mergeChanges(this.#changes, measured.changes);
    this.#changes = tick % STATISTICS_EVERY_TICKS === 0 ? EMPTY_CHANGES : changes;
    // What led to the state of a checkpoint was counted elsewhere.
    const isCounted = origin.kind === 'genesis' || tick > origin.tick;
    return {
      ...{ tick, shards },
      statistics: { ...statistics },
      ...(isCounted && { changes }),
      ...(survey !== undefined && { survey: encodeSurvey(survey) }),
      ...(digest !== undefined && { digest: formatDigest(digest) }),
    };
  }
}
