import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLES_MAX } from '../../../../services/protocol/colony/sampling.ts';
import { sampleOf, statusOf } from '../fixtures.ts';
import { HEARTBEAT_MS, TickerRig } from './ticker-fixture.ts';

let rig: TickerRig;
let append: TickerRig['digests']['append'];

beforeEach(() => {
  rig = new TickerRig();
  append = rig.digests.append;
  rig.digests.append = async () => {
    throw new Error('it is away');
  };
});
afterEach(() => rig.end());

/** All backends have full buffers, or as many samples as are told at once. */
function block(samples = SAMPLES_MAX): void {
  for (const [i, backend] of rig.backends.entries()) {
    backend.status = statusOf(i, {}, { state: 'Blocked' });
    backend.samples = Array.from({ length: samples }, (_, k) =>
      sampleOf(20 * k, [3, 3, 2][i]!, k % 5 === 0 ? k : undefined),
    );
  }
}
const beatsIn = async (durationMs: number) => {
  const before = rig.callsOf('heartbeat', 1).length;
  await rig.clock.advance(durationMs);
  return rig.callsOf('heartbeat', 1).length - before;
};

describe('backends with full buffers', () => {
  test('are asked no more often than others while the store is away', async () => {
    rig.run();
    block();
    await rig.clock.advance(1_000);
    expect(await beatsIn(20 * HEARTBEAT_MS)).toBe(20);
  });

  test('likewise where a reply tells but some of the samples', async () => {
    rig.run();
    block(SAMPLES_MAX / 2);
    await rig.clock.advance(1_000);
    expect(await beatsIn(20 * HEARTBEAT_MS)).toBe(20);
  });

  test('are told at once when their samples are durable', async () => {
    rig.run();
    block();
    await rig.clock.advance(10_000);
    let storedAtMs = Number.POSITIVE_INFINITY;
    rig.digests.append = (...entry) => {
      storedAtMs = Math.min(storedAtMs, rig.clock.nowMs());
      return append.apply(rig.digests, entry);
    };
    const told = () =>
      rig.callsOf('heartbeat', 1).find(({ request }) => Number(request['durableThroughTick']) > 0);
    await rig.clock.runUntil(() => told() !== undefined, { limitMs: 10_000 });
    expect(told()!.atMs - storedAtMs).toBeLessThan(HEARTBEAT_MS / 10);
  });

  test('are asked often while the store takes what they have', async () => {
    rig.digests.append = append;
    rig.run();
    block();
    expect(await beatsIn(HEARTBEAT_MS)).toBeGreaterThan(1);
  });
});
