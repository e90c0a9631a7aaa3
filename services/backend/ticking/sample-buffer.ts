import { SAMPLES_MAX, type Sample } from '../../protocol/colony/sampling.ts';
import { SURVEYS_TOLD_MAX } from '../../protocol/wire/rpc.ts';

/** Samples that the leader has not confirmed as stored. Bounded: while it is full, shards do not tick. */
export class SampleBuffer {
  #samples: Sample[] = [];

  get isFull(): boolean {
    return this.#samples.length >= SAMPLES_MAX;
  }

  /** All kept samples, oldest first. */
  get samples(): Sample[] {
    return [...this.#samples];
  }

  /**
   * Those that a reply to a heartbeat tells: from the oldest on, as many as its bound lets through. The others
   * come once these are confirmed.
   */
  get told(): Sample[] {
    let surveys = 0;
    const end = this.#samples.findIndex(({ survey = '' }) => {
      const isFirst = surveys === 0;
      surveys += survey.length;
      return surveys > SURVEYS_TOLD_MAX && !isFirst;
    });
    return end < 0 ? this.samples : this.#samples.slice(0, end);
  }

  add(sample: Sample): void {
    if (this.isFull) throw new Error('a sample is added to a full buffer');
    this.#samples.push(sample);
  }

  /** Forgets the samples that are stored. */
  confirm(durableThroughTick: number): void {
    this.#samples = this.#samples.filter(({ tick }) => tick > durableThroughTick);
  }
}
