import { SAMPLES_MAX, type Sample } from '../../protocol/colony/sampling.ts';

/** Samples that the leader has not confirmed to be stored. Bounded: when it is full, shards stand. */
export class SampleBuffer {
  #samples: Sample[] = [];

  get isFull(): boolean {
    return this.#samples.length >= SAMPLES_MAX;
  }

  /** All that are kept, oldest first. */
  get samples(): Sample[] {
    return [...this.#samples];
  }

  add(sample: Sample): void {
    if (this.isFull) throw new Error('a sample is added to a full buffer');
    this.#samples.push(sample);
  }

  /** Forgets what is stored. */
  confirm(durableThroughTick: number): void {
    this.#samples = this.#samples.filter(({ tick }) => tick > durableThroughTick);
  }
}
