import type { Clock } from '../../../platform/runtime/clock.ts';
import type { ErrorCode } from '../../../protocol/common/error-codes.ts';
import { ColonyError } from '../../../protocol/common/errors.ts';
import type { TileRange } from '../../../protocol/wire/tile-grid.ts';
import type { TiledColony, TileSource } from './tile-source.ts';

/*
 * What passes between a coordinator and its thread for tiles. What is asked is told apart by its number, and is
 * about the colony that was told last.
 */

export type ToThread =
  | ({ readonly kind: 'colony' } & TiledColony)
  | {
      readonly kind: 'tiles';
      readonly asked: number;
      readonly range: TileRange;
      readonly since: string | undefined;
    };

export type FromThread =
  | {
      readonly kind: 'tiles';
      readonly asked: readonly number[];
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | {
      readonly kind: 'failed';
      readonly asked: number;
      readonly message: string;
      /** Of a ColonyError. */
      readonly problem?: { code: ErrorCode; extra: Readonly<Record<string, unknown>> };
    };

/** What a thread is started with. */
export interface TileThreadData {
  /** The secret that all processes of this colony share. */
  readonly secret: string;
}

export interface TileThreadOptions {
  readonly source: TileSource;
  readonly clock: Pick<Clock, 'yieldToIo'>;
  readonly tell: (news: FromThread, transferred: ArrayBuffer[]) => void;
}

/** What is asked of a thread, and how it answers; see `ThreadTiles`. */
export class TileThread {
  readonly #options: TileThreadOptions;
  #colony: TiledColony | undefined;
  /** Who gets these bytes as soon as all have been found who do. */
  readonly #answers = new Map<Uint8Array, number[]>();

  constructor(options: TileThreadOptions) {
    this.#options = options;
  }

  hear(message: ToThread): void {
    if (message.kind === 'colony') this.#colony = message;
    else void this.#answer(message.asked, message.range, message.since);
  }

  async #answer(asked: number, range: TileRange, since: string | undefined): Promise<void> {
    const { source, clock, tell } = this.#options;
    try {
      if (this.#colony === undefined) throw new Error('tiles were asked for of no colony');
      const bytes = await source.tiles(this.#colony, range, since);
      const others = this.#answers.get(bytes);
      if (others !== undefined) {
        others.push(asked);
        return;
      }
      const all = [asked];
      this.#answers.set(bytes, all);
      // Those who share the bytes have them before anything else happens.
      await clock.yieldToIo();
      this.#answers.delete(bytes);
      // The next who asks may get the same bytes again: they stay here.
      const copy = bytes.slice();
      tell({ kind: 'tiles', asked: all, bytes: copy }, [copy.buffer]);
    } catch (error) {
      const { message } = error as Error;
      const problem = error instanceof ColonyError && { code: error.code, extra: error.extra };
      tell({ kind: 'failed', asked, message, ...(problem && { problem }) }, []);
    }
  }
}
