import { loadManifest, manifestUnreadable } from '../../platform/checkpoints/read-manifest.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { DigestLog } from '../../platform/series/digest-log.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import {
  attemptOf,
  type CheckpointAttempt,
  type CheckpointPointer,
  checkpointFolders,
  MANIFEST_MAX_BYTES,
  type Manifest,
  manifestKey,
  manifestSchema,
} from '../../protocol/checkpoint/manifest.ts';
import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import { canonicalJson, sha256 } from '../../protocol/common/canonical-json.ts';
import {
  isCheckpointUnreadable,
  isStoreUnavailable,
  messageOf,
} from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { LastingFailures } from './lasting-failures.ts';

export interface CheckpointArchiveOptions {
  colonyName: string;
  snapshots: SnapshotStore;
  digests: Pick<DigestLog, 'list'>;
  clock: Clock;
  log: Log;
}

/** A manifest, and what others point at it by. */
export interface StoredManifest {
  readonly manifest: Manifest;
  readonly pointer: CheckpointPointer;
  readonly key: string;
}

/** Manifests that a store did not answer, by key. */
type Absent = Map<string, { tick: number; error: unknown }>;

/** The state that a checkpoint holds, as the origin of a topology. */
export const originOf = ({ manifest, key, pointer }: StoredManifest): TopologyOrigin => ({
  kind: 'state',
  tick: manifest.tick,
  ...manifest.origin,
  manifest: { key, sha256: pointer.sha256 },
});

/** More than an instance keeps: what is beyond may be logged again. */
const SAID_MAX = 1_000;

/** The manifests of one colony's checkpoints, in the snapshot store. */
export class CheckpointArchive {
  readonly #options: CheckpointArchiveOptions;
  /** Of manifests, by key, that do not come though others do. */
  readonly #failures: LastingFailures;
  /** Why manifests cannot be used, as far as that was logged. */
  readonly #said = new Set<string>();

  constructor(options: CheckpointArchiveOptions) {
    this.#options = options;
    this.#failures = new LastingFailures(options.clock);
  }

  /**
   * Stores a manifest, which nobody sees before the record points at it. One of the same state that is there,
   * of an attempt that was given up, is answered in its place: a world that stands has no other tick to offer.
   *
   * @throws Error if that of another state is there: then this attempt is over.
   */
  async put(manifest: Manifest): Promise<StoredManifest> {
    const { snapshots, colonyName } = this.#options;
    const bytes = new TextEncoder().encode(canonicalJson(manifest));
    if (bytes.byteLength > MANIFEST_MAX_BYTES) {
      throw new Error(`a manifest of ${bytes.byteLength} bytes, at most ${MANIFEST_MAX_BYTES}`);
    }
    const { tick, epoch, topologyVersion, colonyInstanceId } = manifest;
    const key = manifestKey(colonyName, colonyInstanceId, manifest);
    const attempt = { tick, epoch, topologyVersion };
    if (await snapshots.putIfAbsent(key, bytes)) {
      return { manifest, pointer: { ...attempt, sha256: sha256(bytes) }, key };
    }
    const there = await snapshots.get(key, MANIFEST_MAX_BYTES);
    const { data: stored } = manifestSchema.safeParse(there && parseJson(there));
    if (there === undefined || stored === undefined || stateOf(stored) !== stateOf(manifest)) {
      throw new Error(`another manifest is stored under ${key}`);
    }
    return { manifest: stored, pointer: { ...attempt, sha256: sha256(there) }, key };
  }

  /**
   * The manifest that a record points at.
   *
   * @throws CHECKPOINT_UNREADABLE if it is missing, damaged or of another build; STORE_UNAVAILABLE.
   */
  async read(colonyInstanceId: string, pointer: CheckpointPointer): Promise<StoredManifest> {
    const key = manifestKey(this.#options.colonyName, colonyInstanceId, pointer);
    return this.#load(colonyInstanceId, key, pointer, pointer.sha256);
  }

  /**
   * The newest checkpoint that can be read: the one that the record points at, or one before. Its manifest says
   * which there are, and their hashes. Where it is lost itself, any manifest of the instance counts whose digest is
   * the stored one of its tick. One that does not come for long, though others do, counts as lost.
   *
   * @param without keys of manifests whose cells turned out to be unreadable.
   * @returns undefined if there is none: the world starts from genesis.
   * @throws STORE_UNAVAILABLE
   */
  async newest(
    colonyInstanceId: string,
    pointer: CheckpointPointer | undefined,
    without: ReadonlySet<string>,
  ): Promise<StoredManifest | undefined> {
    if (pointer === undefined) return undefined;
    const absent: Absent = new Map();
    const newest = await this.#listed(colonyInstanceId, pointer, without, absent).catch((error) => {
      // It is not known what fails.
      this.#failures.forget();
      throw error;
    });
    const [first] = absent.values();
    if (first === undefined) return newest;
    if (newest === undefined) {
      this.#failures.forget();
      throw first.error;
    }
    const lasting = [...absent].map(([key]) => this.#failures.note(key));
    if (!lasting.every(Boolean)) throw first.error;
    for (const { tick, error } of absent.values()) this.#say(tick, error);
    return newest;
  }

  /** @param absent takes those that the store did not answer. */
  async #listed(
    colonyInstanceId: string,
    pointer: CheckpointPointer,
    without: ReadonlySet<string>,
    absent: Absent,
  ): Promise<StoredManifest | undefined> {
    const keyOf = (at: CheckpointAttempt) =>
      manifestKey(this.#options.colonyName, colonyInstanceId, at);
    const read = (at: CheckpointPointer) =>
      this.#orSaid(keyOf(at), at, absent, () => this.read(colonyInstanceId, at));
    const newest = await read(pointer);
    if (newest === undefined) return this.#found(colonyInstanceId, pointer, without, absent);
    for (const at of [pointer, ...[...newest.manifest.kept].reverse()]) {
      if (without.has(keyOf(at))) continue;
      const stored = at === pointer ? newest : await read(at);
      if (stored !== undefined) return stored;
    }
    return undefined;
  }

  /** The newest of all that are stored. */
  async #found(
    colonyInstanceId: string,
    pointer: CheckpointPointer,
    without: ReadonlySet<string>,
    absent: Absent,
  ): Promise<StoredManifest | undefined> {
    const lost = manifestKey(this.#options.colonyName, colonyInstanceId, pointer);
    for (const { key, at } of await this.#manifests(colonyInstanceId)) {
      if (key === lost || without.has(key)) continue;
      const stored = await this.#orSaid(key, at, absent, async () => {
        const loaded = await this.#load(colonyInstanceId, key, at);
        await this.#assertDigest(colonyInstanceId, loaded);
        return loaded;
      });
      if (stored !== undefined) return stored;
    }
    return undefined;
  }

  /** What is read; undefined if that cannot be used, and a line in the log when that is found for the first time. */
  async #orSaid<T>(
    key: string,
    { tick }: CheckpointAttempt,
    absent: Absent,
    read: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      const there = await read();
      this.#failures.forget(key);
      return there;
    } catch (error) {
      if (isCheckpointUnreadable(error)) this.#say(tick, error);
      else if (isStoreUnavailable(error)) absent.set(key, { tick, error });
      else throw error;
      return undefined;
    }
  }

  #say(tick: number, error: unknown): void {
    const reason = messageOf(error);
    // The same is read again for the next checkpoint, each list and each sweep.
    if (this.#said.has(reason)) return;
    if (this.#said.size >= SAID_MAX) this.#said.clear();
    this.#said.add(reason);
    this.#options.log.error({ tick, reason }, 'a checkpoint cannot be used');
  }

  /** Every manifest of an instance, the newest first. */
  async #manifests(colonyInstanceId: string): Promise<{ key: string; at: CheckpointAttempt }[]> {
    const folder = checkpointFolders.instance(this.#options.colonyName, colonyInstanceId);
    const objects = await this.#options.snapshots.list(folder);
    return objects
      .flatMap(({ key }) => {
        const at = key.endsWith('/manifest.json') ? attemptOf(key.slice(folder.length)) : undefined;
        return at === undefined ? [] : [{ key, at }];
      })
      .sort((a, b) => b.at.tick - a.at.tick || b.at.epoch - a.at.epoch);
  }

  async #load(
    colonyInstanceId: string,
    key: string,
    { tick, epoch, topologyVersion }: CheckpointAttempt,
    expected?: string,
  ): Promise<StoredManifest> {
    const loaded = await loadManifest(this.#options.snapshots, key, expected);
    const { manifest } = loaded;
    const wanted = { colonyInstanceId, tick, epoch, topologyVersion };
    for (const name of ['colonyInstanceId', 'tick', 'epoch', 'topologyVersion'] as const) {
      if (manifest[name] === wanted[name]) continue;
      throw manifestUnreadable(key, `its ${name} is ${manifest[name]}, expected ${wanted[name]}`);
    }
    const pointer = { tick, epoch, topologyVersion, sha256: loaded.sha256 };
    return { manifest, pointer, key };
  }

  async #assertDigest(colonyInstanceId: string, { manifest, key }: StoredManifest): Promise<void> {
    const { tick, digest } = manifest;
    const [stored] = await this.#options.digests.list(colonyInstanceId, {
      fromTick: tick,
      limit: 1,
    });
    if (stored?.tick === tick && stored.digest === digest) return;
    throw manifestUnreadable(key, `its digest ${digest} is not the stored one of tick ${tick}`);
  }
}

/** What a manifest says of its state, apart from when it was made and what was known then of the colony. */
function stateOf({ at, kept, leaving, origin, originSha256, ...state }: Manifest): string {
  return canonicalJson({ ...state, origin: { ...origin, eventSeq: 0 } });
}
