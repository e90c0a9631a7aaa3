import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  type DecodedTiles,
  decodeTiles,
  earlierTiles,
} from '../../../services/protocol/wire/tile-codec.ts';
import { LocalColony, type Moment } from '../local-colony.ts';
import { paceBetween } from '../ticking.ts';

const BACKENDS = 4;
const WORLD = { width: 2000, height: 1250, shardSize: 250, seed: 1 };
const CELLS = WORLD.width * WORLD.height;
const SECONDS = 15;
/** What a page shows of the default world on a screen of about 1000 × 625 pixels. */
const TILES = '/tiles?layer=colour&zoom=1';
const PICTURES_A_SECOND = 20;
const COLONY_EVERY_MS = 250;
/** Milliseconds between pictures, for what they take on a network. */
const INTERVALS_MS = [50, 250, 1_000, 2_000, 4_000];

export interface Latency {
  count: number;
  p50Ms: number;
  p99Ms: number;
}

export interface PageResult {
  /** Nobody asks for anything, before and after. */
  alone: { ticksPerSecond: number[] };
  /** GET /colony alone: the baseline. */
  colonyAlone: Latency;
  firstMs: number;
  /** A page that asks for both. */
  tiles: Latency;
  colony: Latency;
  ticksPerSecond: number;
  /** Pictures of which all tiles were of one tick. */
  ofOneTick: number;
  /** Compressed bytes of a whole picture, and of one told against that so many milliseconds earlier. */
  wholeBytes: number;
  bytesByInterval: Record<number, number>;
}

/** How a page is served while the default world ticks flat out. */
export function benchPage(): Promise<PageResult> {
  return LocalColony.run({ backends: BACKENDS }, async (colony) => {
    await colony.start(WORLD);
    await colony.ticksTo(300);
    const { url } = colony.api;
    const paceOf = async (work: () => Promise<unknown>) => {
      const from: Moment = await colony.moment();
      await work();
      return paceBetween(from, await colony.moment(), CELLS).ticksPerSecond;
    };
    const before = await paceOf(() => sleep(SECONDS * 1_000));
    const colonyAlone: number[] = [];
    await pollFor(SECONDS, COLONY_EVERY_MS, () => timed(`${url}/colony`, colonyAlone));
    await sleep(3_000);

    const first: number[] = [];
    await timed(`${url}${TILES}`, first);
    const tiles: number[] = [];
    const colonyTimes: number[] = [];
    let known: DecodedTiles | undefined;
    let pictures = 0;
    let ofOneTick = 0;
    const watch = async () => {
      const since = known === undefined ? '' : `&since=${known.tag}`;
      const bytes = await timed(`${url}${TILES}${since}`, tiles);
      known = decodeTiles(bytes, known && earlierTiles(known));
      pictures++;
      if (known.minTick === known.maxTick) ofOneTick++;
    };
    const ticksPerSecond = await paceOf(() =>
      Promise.all([
        pollFor(SECONDS, 1_000 / PICTURES_A_SECOND, watch),
        pollFor(SECONDS, COLONY_EVERY_MS, () => timed(`${url}/colony`, colonyTimes)),
      ]),
    );
    const sizes = await sizesOf(url);
    await sleep(3_000);
    const after = await paceOf(() => sleep(SECONDS * 1_000));
    return {
      alone: { ticksPerSecond: [before, after] },
      colonyAlone: latencyOf(colonyAlone),
      firstMs: first[0] as number,
      tiles: latencyOf(tiles),
      colony: latencyOf(colonyTimes),
      ticksPerSecond,
      ofOneTick: ofOneTick / pictures,
      ...sizes,
    };
  });
}

/** What pictures take on a network, by the interval between them. */
async function sizesOf(url: string): Promise<Pick<PageResult, 'wholeBytes' | 'bytesByInterval'>> {
  const bytesByInterval: Record<number, number> = {};
  let wholeBytes = 0;
  for (const intervalMs of INTERVALS_MS) {
    const sizes: number[] = [];
    let since = '';
    for (let i = 0; i < 6; i++) {
      const bytes = await timed(`${url}${TILES}${since}`, []);
      const size = gzipSync(bytes, { level: 1 }).length;
      if (since === '') wholeBytes = size;
      else sizes.push(size);
      since = `&since=${Buffer.from(bytes.subarray(48, 56)).toString('hex')}`;
      await sleep(intervalMs);
    }
    bytesByInterval[intervalMs] = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  }
  return { wholeBytes, bytesByInterval };
}

/** Calls something again and again, a while after the call before has begun, never two at once. */
async function pollFor(seconds: number, everyMs: number, call: () => Promise<unknown>) {
  const endMs = performance.now() + seconds * 1_000;
  for (let dueMs = performance.now(); dueMs < endMs; ) {
    await call();
    dueMs = Math.max(dueMs + everyMs, performance.now());
    await sleep(Math.max(0, dueMs - performance.now()));
  }
}

async function timed(url: string, times: number[]): Promise<Uint8Array> {
  const startedMs = performance.now();
  const answer = await fetch(url);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  times.push(performance.now() - startedMs);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${Buffer.from(bytes).toString()}`);
  return bytes;
}

function latencyOf(times: readonly number[]): Latency {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}
