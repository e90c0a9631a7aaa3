import { afterEach, describe, expect, test } from 'vitest';
import type {
  OriginCells,
  OriginRequest,
} from '../../../services/backend/checkpoints/origin-cells.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { originCellsOf, stateOf } from '../../support/world-states.ts';
import { expectedDigest } from './harness.ts';

import { dropAll, host, POLL, settled, spec, topology } from './thread-host.ts';

afterEach(dropAll);

describe('shards that start in a later state, on threads,', () => {
  const world = new SingleWorld(spec);
  for (let i = 0; i < 30; i++) world.step();
  const { origin, cells } = stateOf(world);
  const of = { ...topology, origin };

  test('are told of one by one, and go on as one piece does', async () => {
    let asked: OriginRequest | undefined;
    let arrive = () => {};
    const originCells: OriginCells = (request) =>
      new Promise((resolve) => {
        asked = request;
        arrive = resolve;
      });
    const { hosted, grantTo } = host({ of, originCells });
    const initializing = hosted.initializeShards(settled);
    await expect.poll(() => asked, POLL).toBeDefined();
    expect(hosted.initializedShards).toBe(0);
    asked?.blocks.forEach(cells);
    asked?.onShards(5);
    expect(hosted.initializedShards).toBe(5);
    arrive();
    await initializing;
    expect(hosted.initializedShards).toBe(12);
    hosted.startTicking();
    grantTo(100);
    await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(100);
    expect(hosted.samples.samples.at(-1)?.digest).toBe(expectedDigest(100, spec));
  });

  test('are not initialised where threads cannot start, and may be tried again', async () => {
    const workerFile = new URL('data:text/javascript,throw new Error("it broke")');
    const { hosted } = host({ of, workerFile, originCells: originCellsOf({ cells }) });
    await expect(hosted.initializeShards(settled)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
    });
    expect(hosted.state).toBe('Initializing');
    expect(hosted.shards).toBeUndefined();
  });

  test('are given up at once when the topology is dropped while their cells are awaited', async () => {
    let isAwaited = false;
    const originCells: OriginCells = ({ signal }) =>
      new Promise((_resolve, reject) => {
        isAwaited = true;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    const { hosted, log } = host({ of, originCells });
    const initializing = hosted.initializeShards(settled);
    await expect.poll(() => isAwaited, POLL).toBe(true);
    await hosted.drop();
    await initializing;
    expect(hosted.shards).toBeUndefined();
    expect(log.messages('error')).toEqual([]);
  });
});
