import { readBands } from '../../services/platform/checkpoints/read-bands.ts';
import { createCompression } from '../../services/platform/snapshots/compression.ts';
import type { SnapshotStore } from '../../services/platform/snapshots/snapshot-store.ts';
import {
  CHECKPOINT_FORMAT,
  type CheckpointReport,
  type Manifest,
  manifestKey,
  originHash,
} from '../../services/protocol/checkpoint/manifest.ts';
import type { TopologyOrigin } from '../../services/protocol/colony/origin.ts';
import { canonicalJson, sha256 } from '../../services/protocol/common/canonical-json.ts';
import type { Topology } from '../../services/protocol/layout/topology.ts';
import { addDigests, formatDigest, parseDigest } from '../../services/world/measuring/digest.ts';
import { ENGINE_VERSION } from '../../services/world/spec/spec.ts';

export type Written = Extract<CheckpointReport, { state: 'written' }>;

/** What a leader makes of the reports of all backends. */
export function manifestOf(
  topology: Topology,
  written: readonly Written[],
  eventSeq = 0,
): Manifest {
  const { colonyInstanceId, topologyVersion, width, height, shardSize } = topology;
  const [first] = written;
  if (first === undefined) throw new Error('nothing is written');
  const { tick, epoch } = first;
  const parts = written.map(({ part }) => part);
  const digest = parts.reduce((sum, part) => addDigests(sum, parseDigest(part.digest)), 0n);
  const sizes = parts.flatMap(({ objects }) => objects.map(({ sizeBytes }) => sizeBytes));
  return {
    ...{ formatVersion: CHECKPOINT_FORMAT, engineVersion: ENGINE_VERSION },
    ...{ colonyInstanceId, tick, epoch, topologyVersion, width, height, shardSize },
    digest: formatDigest(digest),
    sizeBytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    at: '2026-01-01T00:00:00.000Z',
    origin: { ...first.origin, eventSeq },
    originSha256: originHash({ ...first.origin, eventSeq }),
    ...{ parts, kept: [], leaving: [] },
  };
}

/** Stores a manifest; a topology may start from it then. */
export async function publish(
  store: SnapshotStore,
  manifest: Manifest,
): Promise<Extract<TopologyOrigin, { kind: 'state' }>> {
  const key = manifestKey('test', manifest.colonyInstanceId, manifest);
  const bytes = new TextEncoder().encode(canonicalJson(manifest));
  await store.putIfAbsent(key, bytes);
  const { tick, origin } = manifest;
  return { kind: 'state', tick, ...origin, manifest: { key, sha256: sha256(bytes) } };
}

/** The bands of a whole checkpoint, packed, by `shard:row`. */
export async function bandsIn(
  store: SnapshotStore,
  manifest: Manifest,
): Promise<Map<string, string>> {
  const bands = new Map<string, string>();
  const { width, height, shardSize } = manifest;
  await readBands({
    ...{ store, manifest, compression: createCompression() },
    manifestKey: manifestKey('test', manifest.colonyInstanceId, manifest),
    shards: Array.from({ length: (width * height) / shardSize ** 2 }, (_, shard) => shard),
    signal: new AbortController().signal,
    yieldToIo: async () => {},
    onBand: ({ shard, firstRow }, packed) => bands.set(`${shard}:${firstRow}`, sha256(packed)),
  });
  return new Map([...bands].sort());
}
