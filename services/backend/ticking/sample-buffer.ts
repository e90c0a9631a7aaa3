import { SAMPLES_MAX, type Sample } from '../../protocol/colony/sampling.ts';

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

  add(sample: Sample): void {
    if (this.isFull) throw new Error('a sample is added to a full buffer');
    this.#samples.push(sample);
  }

  /** Forgets the samples that are stored. */
  confirm(durableThroughTick: number): void {
    this.#samples = this.#samples.filter(({ tick }) => tick > durableThroughTick);
  }
}
