import {
  CHECKPOINT_FORMAT,
  MANIFEST_MAX_BYTES,
  type Manifest,
  manifestSchema,
} from '../../protocol/checkpoint/manifest.ts';
import { sha256 } from '../../protocol/common/canonical-json.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';

/** A manifest, and the SHA-256 of its bytes. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  readonly sha256: string;
}

/**
 * Reads the manifest of a checkpoint and believes nothing of it unchecked.
 *
 * @param expected the SHA-256 of its bytes. @default it is not known: the manifest vouches for itself
 * @throws ColonyError CHECKPOINT_UNREADABLE if it is missing, damaged, or of another format or engine version;
 * STORE_UNAVAILABLE.
 */
export async function loadManifest(
  store: Pick<SnapshotStore, 'get'>,
  key: string,
  expected?: string,
): Promise<LoadedManifest> {
  const bad = (what: string) => manifestUnreadable(key, what);
  const bytes = await store.get(key, MANIFEST_MAX_BYTES).catch((error: unknown) => {
    throw error instanceof ColonyError ? error : bad((error as Error).message);
  });
  if (bytes === undefined) throw bad('it is not there');
  const own = sha256(bytes);
  if (expected !== undefined && own !== expected) {
    throw bad(`it is damaged: its SHA-256 is ${own}, expected ${expected}`);
  }
  const value = parseJson(bytes);
  const { formatVersion, engineVersion } = (value ?? {}) as Record<string, unknown>;
  // The engine first: another one may have another format.
  if (typeof engineVersion === 'number' && engineVersion !== ENGINE_VERSION) {
    throw bad(`it is of engine version ${engineVersion}, this build has ${ENGINE_VERSION}`);
  }
  if (typeof formatVersion === 'number' && formatVersion !== CHECKPOINT_FORMAT) {
    throw bad(
      `it has the format ${formatVersion}, this build reads the format ${CHECKPOINT_FORMAT}`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return { manifest: parsed.data, sha256: own };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the document';
  throw bad(`${where} is not valid: ${issue?.message}`);
}

/** The same by a reference, which has the hash. */
export const readManifest = async (
  store: Pick<SnapshotStore, 'get'>,
  ref: { key: string; sha256: string },
): Promise<Manifest> => (await loadManifest(store, ref.key, ref.sha256)).manifest;

/** A state of a world of a colony. */
export type StateIdentity = Pick<
  Manifest,
  'colonyInstanceId' | 'tick' | 'width' | 'height' | 'shardSize'
>;

/**
 * Asserts that a checkpoint is of a state.
 *
 * @param whose state that is, for the message.
 * @throws ColonyError CHECKPOINT_UNREADABLE naming the first that differs.
 */
export function assertOfState(
  manifest: Manifest,
  key: string,
  { colonyInstanceId, tick, width, height, shardSize }: StateIdentity,
  whose: string,
): void {
  const expected = { colonyInstanceId, tick, width, height, shardSize };
  for (const [name, value] of Object.entries(expected)) {
    const its = manifest[name as keyof StateIdentity];
    if (its !== value) {
      throw manifestUnreadable(key, `its ${name} is ${its}, that of the ${whose} ${value}`);
    }
  }
}

/** CHECKPOINT_UNREADABLE of a manifest, in one line. */
export const manifestUnreadable = (key: string, what: string): ColonyError =>
  new ColonyError('CHECKPOINT_UNREADABLE', `the manifest ${key} cannot be used: ${what}`, {
    extra: { key },
  });
