import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ThreadTiles,
  type TilesWorker,
} from '../../../../../services/coordinator/watching/tiles/thread-tiles.ts';
import type {
  TiledColony,
  TileSource,
} from '../../../../../services/coordinator/watching/tiles/tile-source.ts';
import {
  type FromThread,
  TileThread,
  type ToThread,
} from '../../../../../services/coordinator/watching/tiles/tile-thread.ts';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import type { Topology } from '../../../../../services/protocol/layout/topology.ts';
import type { TileRange } from '../../../../../services/protocol/wire/tile-grid.ts';
import { MemoryLog } from '../../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../../simulation/virtual-clock.ts';

/** Both sides of a thread in this one: what passes between them is cloned, and later. */
class PairedThread extends EventEmitter {
  readonly heard: ToThread[] = [];
  isTerminated = false;
  readonly #thread: TileThread;

  constructor(source: TileSource) {
    super();
    this.#thread = new TileThread({
      source,
      clock: { yieldToIo: () => new Promise((resolve) => setImmediate(resolve)) },
      tell: (news: FromThread, transfer) => {
        const arrived = structuredClone(news, { transfer });
        setImmediate(() => this.emit('message', arrived));
      },
    });
  }

  postMessage(message: ToThread): void {
    this.heard.push(message);
    const arrived = structuredClone(message);
    setImmediate(() => this.#thread.hear(arrived));
  }

  async terminate(): Promise<number> {
    this.isTerminated = true;
    return 0;
  }

  unref(): void {}
}

const range: TileRange = { layer: 'size', zoom: 1, x: 0, y: 0, columns: 1, rows: 1 };
const colonyOf = (topologyVersion: number, epoch = 1): TiledColony => ({
  topology: { topologyVersion } as Topology,
  fence: { generation: 1, epoch, topologyVersion },
});
const colony = colonyOf(1);
const TAG = 'a'.repeat(16);

describe('tiles by a thread', () => {
  let threads: PairedThread[];
  let clock: VirtualClock;
  let log: MemoryLog;
  let tiles: ThreadTiles;
  let asked: { version: number; epoch: number; zoom: number; since: string | undefined }[];
  let answer: () => Promise<Uint8Array>;
  beforeEach(() => {
    threads = [];
    asked = [];
    answer = async () => Uint8Array.of(1, 2, 3);
    const source: TileSource = {
      tiles: ({ topology, fence }, { zoom }, since) => {
        const { topologyVersion: version } = topology;
        asked.push({ version, epoch: fence.epoch, zoom, since });
        return answer();
      },
    };
    clock = new VirtualClock();
    log = new MemoryLog();
    tiles = new ThreadTiles({
      data: { secret: 'secret' },
      ...{ clock, log, randomness: new SeededRandomness(1) },
      createThread: () => {
        const thread = new PairedThread(source);
        threads.push(thread);
        return thread as unknown as TilesWorker;
      },
    });
  });
  const colonies = () => threads[0]?.heard.filter(({ kind }) => kind === 'colony').length;

  test('no thread runs until somebody asks', async () => {
    expect(threads).toHaveLength(0);
    await tiles.tiles(colony, range, undefined);
    await tiles.tiles(colony, range, undefined);
    expect(threads).toHaveLength(1);
  });

  test('what is asked for reaches the source as it was asked', async () => {
    await tiles.tiles(colony, { ...range, zoom: 3 }, TAG);
    expect(asked).toEqual([{ version: 1, epoch: 1, zoom: 3, since: TAG }]);
  });

  test('the bytes come back', async () => {
    expect(await tiles.tiles(colony, range, undefined)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('a source that answers with the same bytes again keeps them', async () => {
    const bytes = Uint8Array.of(7, 8);
    answer = async () => bytes;
    await tiles.tiles(colony, range, undefined);
    expect(await tiles.tiles(colony, range, TAG)).toEqual(Uint8Array.of(7, 8));
    expect(bytes).toEqual(Uint8Array.of(7, 8));
  });

  test('those who share the bytes there share them here', async () => {
    const shared = Promise.resolve(Uint8Array.of(5));
    answer = () => shared;
    const [first, second] = await Promise.all([
      tiles.tiles(colony, range, undefined),
      tiles.tiles(colony, range, undefined),
    ]);
    expect(first).toBe(second);
  });

  test('who asks first is not answered with what who asked second gets', async () => {
    let giveLater = (_: Uint8Array) => {};
    answer = () => new Promise((resolve) => (giveLater = resolve));
    const first = tiles.tiles(colony, range, undefined);
    await expect.poll(() => asked).toHaveLength(1);
    answer = async () => Uint8Array.of(2);
    expect(await tiles.tiles(colony, range, undefined)).toEqual(Uint8Array.of(2));
    giveLater(Uint8Array.of(1));
    expect(await first).toEqual(Uint8Array.of(1));
  });

  test('a colony is told once, until another topology or another term begins', async () => {
    await tiles.tiles(colony, range, undefined);
    await tiles.tiles({ ...colony, fence: { ...colony.fence } }, range, undefined);
    expect(colonies()).toBe(1);
    await tiles.tiles(colonyOf(2), range, undefined);
    expect(colonies()).toBe(2);
    await tiles.tiles(colonyOf(2, 9), range, undefined);
    expect(colonies()).toBe(3);
    expect(asked.at(-1)).toMatchObject({ version: 2, epoch: 9 });
  });

  test('an operating failure keeps its code, its words and what it has beside', async () => {
    answer = async () => {
      throw new ColonyError('FRAMES_BUSY', 'too many wait', { extra: { waiting: 32 } });
    };
    await expect(tiles.tiles(colony, range, undefined)).rejects.toMatchObject({
      name: 'ColonyError',
      code: 'FRAMES_BUSY',
      message: 'too many wait',
      extra: { waiting: 32 },
    });
  });

  test('a fault keeps its words', async () => {
    answer = async () => {
      throw new TypeError('not a function');
    };
    const failure = await tiles.tiles(colony, range, undefined).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(ColonyError);
    expect(failure).toMatchObject({ message: 'not a function' });
  });

  test.each([
    [
      'failed: out of memory',
      (thread: EventEmitter) => thread.emit('error', new Error('out of memory')),
    ],
    ['ended, with code 1', (thread: EventEmitter) => thread.emit('exit', 1)],
  ])('a thread that %s takes with it what it was asked for', async (what, lose) => {
    answer = () => new Promise(() => undefined);
    const asked = tiles.tiles(colony, range, undefined);
    lose(threads[0] as PairedThread);
    await expect(asked).rejects.toMatchObject({
      code: 'TILES_UNAVAILABLE',
      message: `the thread for tiles ${what}`,
    });
  });

  test('the log says once why a thread is lost', async () => {
    await tiles.tiles(colony, range, undefined);
    threads[0]?.emit('error', new Error('out of memory'));
    threads[0]?.emit('exit', 1);
    const fields = { what: 'failed: out of memory' };
    expect(log.lines).toEqual([
      { level: 'error', message: 'the thread for tiles is lost', fields },
    ]);
  });

  test('the next thread is not started at once', async () => {
    await tiles.tiles(colony, range, undefined);
    threads[0]?.emit('exit', 1);
    await expect(tiles.tiles(colony, range, undefined)).rejects.toMatchObject({
      code: 'TILES_UNAVAILABLE',
    });
    expect(threads).toHaveLength(1);
  });

  test('after it is closed no thread is started', async () => {
    await tiles.close();
    await expect(tiles.tiles(colony, range, undefined)).rejects.toMatchObject({
      code: 'TILES_UNAVAILABLE',
    });
    expect(threads).toHaveLength(0);
  });

  test('after a thread is lost another is told the colony and goes on', async () => {
    await tiles.tiles(colony, range, undefined);
    threads[0]?.emit('error', new Error('lost'));
    threads[0]?.emit('exit', 1);
    await clock.advance(500);
    expect(await tiles.tiles(colony, range, undefined)).toEqual(Uint8Array.of(1, 2, 3));
    expect(threads).toHaveLength(2);
  });

  test('to close it ends the thread', async () => {
    await tiles.tiles(colony, range, undefined);
    await tiles.close();
    expect(threads[0]?.isTerminated).toBe(true);
  });

  test('to close it needs no thread', async () => {
    await tiles.close();
    expect(threads).toHaveLength(0);
  });
});
