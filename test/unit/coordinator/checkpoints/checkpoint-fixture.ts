/** What the tests of a leader's checkpoints share: reports of two backends, and manifests in a store. */

import type { StoredManifest } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import {
  nextManifest,
  type WrittenReport,
} from '../../../../services/coordinator/checkpoints/next-manifest.ts';
import type {
  KeptCheckpoint,
  Manifest,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { hex, STORED, topologyOf } from '../fixtures.ts';

/** The instance of the record that `started` of test/support/colony-records.ts makes. */
export const INSTANCE = 'instance-K1';
export const TOPOLOGY = topologyOf(2, { colonyInstanceId: INSTANCE });
/** Of a state whose parts have the digests 1 and 2. */
export const DIGEST = hex(3);
export const AT = '2026-01-01T00:00:00.000Z';

const { conditions, schedule } = new Timeline(STORED.spec).originHere(0);
export const ORIGIN = { conditions, schedule };

/** What backend `index` of two says that has written its part: 4 of 8 shards, in two objects of 50 bytes. */
export function reportOf(
  index: number,
  tick: number,
  { part, ...change }: Partial<Omit<WrittenReport, 'part'>> & { part?: object } = {},
): WrittenReport {
  const object = { sizeBytes: 50, sha256: '0'.repeat(64), shardsFrom: 0, shardsTo: 7 };
  return {
    state: 'written',
    tick,
    epoch: 1,
    part: {
      ...{ bootId: `boot-${index}`, id: `b${index}`, shards: 4, digest: hex(index + 1) },
      objects: [object, object],
      ...part,
    },
    origin: ORIGIN,
    stoodMs: 3,
    ...change,
  };
}

export const manifestAt = (
  tick: number,
  { previous, ...change }: Partial<Manifest> & { previous?: StoredManifest } = {},
): Manifest => ({
  ...nextManifest({
    topology: TOPOLOGY,
    epoch: change.epoch ?? 1,
    tick,
    reports: [reportOf(0, tick), reportOf(1, tick)],
    eventSeq: 0,
    previous,
    budgetBytes: 1_000_000,
    at: change.at ?? AT,
  }),
  ...change,
});

export const keptAt = (tick: number, change: Partial<KeptCheckpoint> = {}): KeptCheckpoint => ({
  ...{ tick, epoch: 1, topologyVersion: 1, sha256: 'a'.repeat(64) },
  ...{ digest: DIGEST, sizeBytes: 200, at: AT },
  ...change,
});

export const storeAway = (): ColonyError =>
  new ColonyError('STORE_UNAVAILABLE', 'the bucket does not answer');
