import {
  CHECKPOINT_FORMAT,
  type CheckpointReport,
  KEPT_MAX,
  type KeptCheckpoint,
  type Manifest,
  originHash,
} from '../../protocol/checkpoint/manifest.ts';
import { STATISTICS_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { firstTickOf } from '../../world/events/origin.ts';
import { type Changes, EMPTY_CHANGES, mergeChanges } from '../../world/measuring/changes.ts';
import { addDigests, formatDigest, parseDigest } from '../../world/measuring/digest.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { StoredManifest } from './checkpoint-archive.ts';
import { retain, withinBudget } from './retention.ts';

export type WrittenReport = Extract<CheckpointReport, { state: 'written' }>;

/**
 * A restore that has begun finds its objects for so long after they left the list. Wall clocks of different
 * machines are good enough for it: what is restored is never removed while it is listed or in use.
 */
const LEAVING_MS = 3_600_000;

export interface ManifestInput {
  topology: Topology;
  epoch: number;
  tick: number;
  /** One of each backend that has shards. */
  reports: readonly WrittenReport[];
  /** Injected events up to this sequence are known. */
  eventSeq: number;
  /** The checkpoint before, if there is one. */
  previous: StoredManifest | undefined;
  budgetBytes: number;
  /** ISO 8601. */
  at: string;
}

/**
 * The manifest of a checkpoint whose parts are all written. Pure.
 *
 * @throws Error if the parts do not make one whole world in one state.
 */
export function nextManifest(o: ManifestInput): Manifest {
  const { topology, epoch, tick, at, previous } = o;
  const reports = [...o.reports].sort((a, b) => (a.part.bootId < b.part.bootId ? -1 : 1));
  const parts = reports.map(({ part }) => part);
  const shards = parts.reduce((sum, part) => sum + part.shards, 0);
  if (shards !== topology.owners.length) {
    throw new Error(`the parts have ${shards} shards of ${topology.owners.length}`);
  }
  const sizeBytes = parts
    .flatMap(({ objects }) => objects)
    .reduce((sum, object) => sum + object.sizeBytes, 0);
  const digest = formatDigest(
    parts.reduce((sum, part) => addDigests(sum, parseDigest(part.digest)), 0n),
  );
  const { topologyVersion, colonyInstanceId, width, height, shardSize } = topology;
  const attempt = { tick, epoch, topologyVersion };
  // Its own hash is known only once it is whole: it decides nothing here.
  const own: KeptCheckpoint = { ...attempt, sha256: '', digest, sizeBytes, at };
  const before = previous === undefined ? [] : [...previous.manifest.kept, keptOf(previous)];
  // Where the world had to start from an older one, those beyond leave the list: they could not be restored.
  const originTick = firstTickOf(topology.origin);
  const isBeyond = (one: KeptCheckpoint) =>
    one.tick >= tick || (one.topologyVersion < topology.topologyVersion && one.tick > originTick);
  const older = before.filter((one) => !isBeyond(one));
  const beyond = before.filter(isBeyond);
  const { kept, dropped } = retain([...older, own], o.budgetBytes);
  const waiting = (previous?.manifest.leaving ?? []).filter(
    ({ leftAt }) => Date.parse(at) - Date.parse(leftAt) < LEAVING_MS,
  );
  const leaving = [...waiting, ...[...dropped, ...beyond].map((one) => ({ ...one, leftAt: at }))];
  const changes = changesSinceSample(o);
  const origin = {
    ...commonOrigin(reports),
    eventSeq: o.eventSeq,
    ...(changes && { changes }),
  };
  return {
    formatVersion: CHECKPOINT_FORMAT,
    engineVersion: ENGINE_VERSION,
    colonyInstanceId,
    ...attempt,
    width,
    height,
    shardSize,
    digest,
    sizeBytes,
    at,
    origin,
    originSha256: originHash(origin),
    parts,
    kept: kept.filter((one) => one !== own).slice(-KEPT_MAX),
    leaving: withinBudget(leaving, o.budgetBytes).slice(-KEPT_MAX),
  };
}

/**
 * What happened since the last state that has a sample: the world that starts from here counts on from it.
 *
 * @returns undefined if this state has a sample itself, or it is not known.
 */
function changesSinceSample({ topology: { origin }, tick, reports }: ManifestInput) {
  const sinceSample = tick % STATISTICS_EVERY_TICKS;
  if (sinceSample === 0) return undefined;
  const isFirst = origin.kind === 'state' && tick - origin.tick < sinceSample;
  const before = isFirst ? origin.changes : EMPTY_CHANGES;
  // Nothing has happened yet, and nothing is told.
  if (isFirst && tick === origin.tick) return before;
  return reports.reduce<Changes | undefined>(
    (sum, { part }) => sum && part.changes && mergeChanges(sum, part.changes),
    before,
  );
}

/** A checkpoint as later manifests list it. */
export function keptOf({ manifest, pointer }: StoredManifest): KeptCheckpoint {
  const { digest, sizeBytes, at } = manifest;
  return { ...pointer, digest, sizeBytes, at };
}

/** What belongs to the state beside the cells: all backends have the same. */
function commonOrigin(reports: readonly WrittenReport[]): WrittenReport['origin'] {
  const [first, ...others] = reports;
  if (first === undefined) throw new Error('a checkpoint without parts');
  for (const { part, origin } of others) {
    if (canonicalJson(origin) === canonicalJson(first.origin)) continue;
    throw new Error(`backends ${first.part.id} and ${part.id} have other rules or random events`);
  }
  return first.origin;
}
