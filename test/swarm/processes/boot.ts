import { Life, type PointHook } from '../../simulation/life.ts';
import type { Timeline } from '../time/timeline.ts';

/**
 * One life of a process, from its start to its end. Whatever reaches it from outside (a timer of its own, a
 * call, an answer) does so through `reach`: nothing does once it is dead, and what comes while it is paused
 * waits until it goes on.
 */
export class Boot {
  /** As traces have it: the process and how often it was started, `b3.2`. */
  readonly name: string;
  readonly bootId: string;
  readonly origin: string;
  readonly life: Life;
  readonly #timeline: Timeline;
  readonly #atEnd = new Set<() => void>();
  #held: (() => void)[] | undefined;

  constructor(o: {
    name: string;
    bootId: string;
    origin: string;
    timeline: Timeline;
    onPoint?: PointHook;
  }) {
    this.name = o.name;
    this.bootId = o.bootId;
    this.origin = o.origin;
    this.#timeline = o.timeline;
    this.life = new Life(o.onPoint);
  }

  get isDead(): boolean {
    return this.life.isDead;
  }

  get isPaused(): boolean {
    return this.#held !== undefined;
  }

  reach(run: () => void): void {
    if (this.life.isDead) return;
    if (this.#held === undefined) run();
    else this.#held.push(run);
  }

  pause(): void {
    this.#held ??= [];
  }

  /** What was held reaches it in the order in which it came. */
  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) this.#timeline.after(0, () => this.reach(run));
  }

  /** Ends it at once, as by kill -9. */
  end(): void {
    if (this.life.isDead) return;
    this.life.end();
    this.#held = undefined;
    for (const told of [...this.#atEnd]) told();
    this.#atEnd.clear();
  }

  /** @returns takes it back. */
  whenItEnds(told: () => void): () => void {
    this.#atEnd.add(told);
    return () => this.#atEnd.delete(told);
  }
}
