import autocannon from 'autocannon';
import { LocalColony } from '../local-colony.ts';
import { paceBetween } from '../ticking.ts';

const BACKENDS = 4;
const WORLD = { width: 2000, height: 1250, shardSize: 250, seed: 1 };
const SECONDS = 10;
/** More than people at pages ask for; each of them waits for its answer before it asks again. */
const LOADS = {
  colony: { path: '/colony', connections: 4, overallRate: 50 },
  frame: { path: '/frame?scale=2', connections: 2, overallRate: 10 },
} as const;

export interface HttpResult {
  colonyP50Ms: number;
  colonyP99Ms: number;
  frameP50Ms: number;
  frameP99Ms: number;
  colonyRequests: number;
  frameRequests: number;
  /** While both were asked for, in turn. */
  ticksPerSecond: number;
}

/** How long the public API takes to answer while the default world ticks flat out. */
export function benchHttp(): Promise<HttpResult> {
  return LocalColony.run({ backends: BACKENDS }, async (colony) => {
    await colony.start(WORLD);
    await colony.ticksTo(300);
    const from = await colony.moment();
    const [answers, frames] = [
      await load(colony.api.url, LOADS.colony),
      await load(colony.api.url, LOADS.frame),
    ];
    const { ticksPerSecond } = paceBetween(from, await colony.moment(), WORLD.width * WORLD.height);
    return {
      colonyP50Ms: answers.latency.p50,
      colonyP99Ms: answers.latency.p99,
      frameP50Ms: frames.latency.p50,
      frameP99Ms: frames.latency.p99,
      colonyRequests: answers['2xx'],
      frameRequests: frames['2xx'],
      ticksPerSecond,
    };
  });
}

async function load(
  url: string,
  { path, connections, overallRate }: (typeof LOADS)['colony' | 'frame'],
) {
  const result = await autocannon({
    url: `${url}${path}`,
    connections,
    overallRate,
    duration: SECONDS,
    headers: { 'accept-encoding': 'gzip' },
  });
  const failed = result.non2xx + result.errors;
  if (failed > 0 || result['2xx'] === 0) throw new Error(`GET ${path}: ${failed} failed`);
  return result;
}
