import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreFrom } from '../../../../services/backend/checkpoints/restore.ts';
import { createCompression } from '../../../../services/platform/snapshots/compression.ts';
import { packCells, unpackCells } from '../../../../services/world/cells/packed-cells.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { topologyOf } from '../topology-fixture.ts';
import { alone, COLONY, FENCE, fenceOf, HostingCalls, SPEC } from './hosting-fixture.ts';

const READ_MAX_MS = 45_000;
const never = () => new Promise<never>(() => {});

/** A topology that starts from a checkpoint. */
const later = (topologyVersion: number) =>
  topologyOf({
    ...{ owners: Array<number>(16).fill(0), topologyVersion },
    origin: {
      ...new Timeline(SPEC).originHere(0),
      tick: 100,
      manifest: { key: 'checkpoints/manifest.json', sha256: '0'.repeat(64) },
    },
  });

let calls: HostingCalls;
let reads: number;
beforeEach(() => {
  reads = 0;
  const get = () => {
    reads++;
    return never();
  };
  const packing = { pack: packCells, unpack: unpackCells };
  calls = new HostingCalls({ originCells: (request) => originCells(request) });
  const originCells = restoreFrom({
    ...{ store: { get, getRange: get }, compression: createCompression(), clock: calls.clock },
    packing: () => packing,
  });
  calls.hosting.initializeColony(FENCE, COLONY);
});
afterEach(async () => {
  await calls.hosting.close();
  expect(calls.clock.pendingTimers).toBe(0);
});

/** Asks for the shards, again and again as a leader does, until that fails; answers with what, and when. */
function initialize(topologyVersion: number): { failure: unknown; afterMs: number } {
  const seen = { failure: undefined as unknown, afterMs: 0 };
  const fromMs = calls.clock.nowMs();
  const ask = async () => {
    while (calls.colony?.shardsInitialized !== true) {
      await calls.hosting.initializeShards(fenceOf({ topologyVersion }));
    }
  };
  ask().catch((error: unknown) => {
    seen.failure = error;
    seen.afterMs = calls.clock.nowMs() - fromMs;
  });
  return seen;
}

describe('a restore whose reads hang', () => {
  beforeEach(() => {
    calls.hosting.initializeTopology(FENCE, later(1));
  });

  test('fails after a while, and names the object: others may take over', async () => {
    const seen = initialize(1);
    await calls.clock.advance(120_000);
    expect(seen).toMatchObject({
      failure: { code: 'STORE_UNAVAILABLE', extra: { key: 'checkpoints/manifest.json' } },
      afterMs: READ_MAX_MS,
    });
  });

  test('keeps the next topology from nothing', async () => {
    initialize(1);
    await calls.clock.advance(1_000);
    expect(reads).toBe(1);
    const fence = fenceOf({ topologyVersion: 2 });
    calls.hosting.admit(fence);
    calls.hosting.initializeTopology(fence, alone({ topologyVersion: 2 }));
    initialize(2);
    await calls.clock.advance(1_000);
    expect(calls.colony).toMatchObject({ topologyVersion: 2, shardsInitialized: true });
  });
});
