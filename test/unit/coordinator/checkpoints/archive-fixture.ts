import { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { type Manifest, manifestKey } from '../../../../services/protocol/checkpoint/manifest.ts';
import { sha256 } from '../../../../services/protocol/common/canonical-json.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { INSTANCE } from './checkpoint-fixture.ts';

/** Manifests by their keys, or none. */
export const NONE: ReadonlySet<string> = new Set();

/** An archive, and the stores in memory that it is over. */
export function archiveInMemory() {
  const snapshots = new MemorySnapshotStore(() => 0);
  const digests = new MemoryDigestLog();
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const archive = new CheckpointArchive({ colonyName: 'test', snapshots, digests, clock, log });
  /** Puts bytes where the manifest of an attempt is, and points at them. */
  async function putBytes(at: Manifest, bytes: Uint8Array) {
    const key = manifestKey('test', INSTANCE, at);
    await snapshots.delete(key);
    await snapshots.putIfAbsent(key, bytes);
    const { tick, epoch, topologyVersion } = at;
    return { key, pointer: { tick, epoch, topologyVersion, sha256: sha256(bytes) } };
  }
  return { snapshots, digests, log, archive, putBytes };
}
export const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
