import { Worker } from 'node:worker_threads';
import type { Log } from '../../../platform/observability/log.ts';
import { Backoff } from '../../../platform/runtime/backoff.ts';
import type { Clock } from '../../../platform/runtime/clock.ts';
import type { Randomness } from '../../../platform/runtime/randomness.ts';
import { ColonyError } from '../../../protocol/common/errors.ts';
import type { TileRange } from '../../../protocol/wire/tile-grid.ts';
import type { TiledColony, TileSource } from './tile-source.ts';
import type { FromThread, TileThreadData, ToThread } from './tile-thread.ts';

/** The bundle of tiles.worker.ts; see scripts/build.mjs. */
const BUILT = new URL('./tiles.worker.js', import.meta.url);

export interface ThreadTilesOptions {
  readonly data: TileThreadData;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** What the thread runs. @default the bundle beside this one */
  readonly workerFile?: URL | string;
  /** @default a thread that runs it */
  readonly createThread?: () => TilesWorker;
}

/** What is used of a thread. */
export type TilesWorker = Pick<Worker, 'postMessage' | 'on' | 'terminate' | 'unref'>;

interface Waiting {
  resolve: (bytes: Uint8Array) => void;
  reject: (error: Error) => void;
}

/** Before another thread is started in place of one that was lost: a page asks 20 times a second. */
const PAUSES = { firstMs: 500, mostMs: 30_000 };

/**
 * Makes tiles in a thread of its own. It is started when somebody first watches, and kept; one that is lost takes
 * what it was asked for with it, and who asks after a pause starts another. Until then there is TILES_UNAVAILABLE.
 *
 * A picture of the default world is 2.5 MB, which come from the backends, are put together, kept, and told against
 * earlier ones: 10 MB of buffers, 20 times a second. V8 marks the whole heap for every few dozen MB of buffers. That
 * of a coordinator takes 20 ms of the thread that answers everybody else, and more of others; the heap of this
 * thread is small.
 */
export class ThreadTiles implements TileSource {
  readonly #options: ThreadTilesOptions;
  #thread: TilesWorker | undefined;
  #told: TiledColony | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  readonly #backoff: Backoff;
  /** No thread is started before. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: ThreadTilesOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options, PAUSES);
  }

  /** Throws TILES_UNAVAILABLE, too. */
  async tiles(
    colony: TiledColony,
    range: TileRange,
    since: string | undefined,
  ): Promise<Uint8Array> {
    this.#thread ??= this.#start();
    const thread = this.#thread;
    const tell = (message: ToThread) => thread.postMessage(message);
    if (!isSame(this.#told, colony)) {
      const { topology, fence } = colony;
      tell({ kind: 'colony', topology, fence });
      this.#told = colony;
    }
    const asked = this.#asked++;
    tell({ kind: 'tiles', asked, range, since });
    return new Promise((resolve, reject) => this.#waiting.set(asked, { resolve, reject }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.terminate();
  }

  #start(): TilesWorker {
    const { data: workerData, workerFile = BUILT, clock } = this.#options;
    if (this.#isClosed) throw unavailable('the coordinator ends');
    if (clock.nowMs() < this.#notBeforeMs) throw unavailable('the thread for tiles was lost');
    const {
      createThread = () => new Worker(workerFile, { workerData, name: 'tiles', execArgv: [] }),
    } = this.#options;
    const thread = createThread();
    thread.on('message', (news: FromThread) => this.#hear(news));
    thread.on('error', (cause) => this.#lose(thread, `failed: ${cause.message}`));
    thread.on('exit', (code) => this.#lose(thread, `ended, with code ${code}`));
    // Whoever waits for tiles does so by a connection, which keeps the process alive.
    thread.unref();
    return thread;
  }

  #hear(news: FromThread): void {
    this.#backoff.reset();
    if (news.kind === 'tiles') {
      for (const asked of news.asked) this.#take(asked)?.resolve(news.bytes);
      return;
    }
    const { asked, message, problem } = news;
    const error =
      problem === undefined
        ? new Error(message)
        : new ColonyError(problem.code, message, { extra: { ...problem.extra } });
    this.#take(asked)?.reject(error);
  }

  #take(asked: number): Waiting | undefined {
    const waiting = this.#waiting.get(asked);
    this.#waiting.delete(asked);
    return waiting;
  }

  #lose(thread: TilesWorker, what: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#told = undefined;
    const { clock, log } = this.#options;
    if (!this.#isClosed) log.error({ what }, 'the thread for tiles is lost');
    this.#notBeforeMs = clock.nowMs() + this.#backoff.nextMs();
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost) reject(unavailable(`the thread for tiles ${what}`));
  }
}

const unavailable = (why: string) => new ColonyError('TILES_UNAVAILABLE', why);

function isSame(told: TiledColony | undefined, { topology, fence }: TiledColony): boolean {
  return (
    told?.topology === topology &&
    told.fence.generation === fence.generation &&
    told.fence.epoch === fence.epoch &&
    told.fence.topologyVersion === fence.topologyVersion
  );
}
