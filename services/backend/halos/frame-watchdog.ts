import type { Clock } from '../../platform/runtime/clock.ts';
import type { FrameReader } from '../../protocol/wire/halo-frame.ts';

/** A frame must be complete so long after its first byte. */
const FRAME_TIMEOUT_MS = 10_000;

/** Gives up frames that do not end. One timer serves many frames; between frames there is none. */
export class FrameWatchdog {
  readonly #clock: Clock;
  readonly #reader: FrameReader;
  readonly #giveUp: (why: string) => void;
  readonly #stopped = new AbortController();
  #isWatching = false;

  constructor(clock: Clock, reader: FrameReader, giveUp: (why: string) => void) {
    this.#clock = clock;
    this.#reader = reader;
    this.#giveUp = giveUp;
  }

  /** To be called when bytes have come. */
  look(): void {
    if (this.#reader.isMidFrame && !this.#isWatching) void this.#watch();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #watch(): Promise<void> {
    const reader = this.#reader;
    const { signal } = this.#stopped;
    this.#isWatching = true;
    for (let frames = -1; reader.isMidFrame && frames !== reader.frames; ) {
      frames = reader.frames;
      await this.#clock.sleep(FRAME_TIMEOUT_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (reader.isMidFrame && frames === reader.frames) {
        this.#giveUp(`a frame took more than ${FRAME_TIMEOUT_MS} ms`);
      }
    }
    this.#isWatching = false;
  }
}
