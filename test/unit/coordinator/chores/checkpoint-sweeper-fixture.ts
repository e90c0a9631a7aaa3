import {
  CheckpointArchive,
  type StoredManifest,
} from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { CheckpointSweeper } from '../../../../services/coordinator/chores/checkpoint-sweeper.ts';
import {
  type CheckpointAttempt,
  checkpointFolders,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { INSTANCE, manifestAt } from '../checkpoints/checkpoint-fixture.ts';
import { CHECKPOINT_SETTINGS, contextOf, startedRecord, workOf } from '../fixtures.ts';

/** From the begin of a term to its first sweep. */
export const FIRST_MS = 60_000;
/** From one sweep to the next. */
export const EVERY_MS = 600_000;

const folderOf = (tick: number, epoch: number) =>
  checkpointFolders.attempt('test', INSTANCE, { tick, epoch, topologyVersion: 1 });

/** A sweeper of a started colony, with what it sweeps in memory. */
export class SweeperRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly snapshots = new MemorySnapshotStore(() => Date.parse(this.clock.wallTime()));
  readonly digests = new MemoryDigestLog();
  readonly archive = new CheckpointArchive({
    ...{ colonyName: 'test', snapshots: this.snapshots, digests: this.digests },
    ...{ clock: this.clock, log: this.log },
  });
  record = startedRecord({ colonyInstanceId: INSTANCE });
  origin: CheckpointAttempt | null | undefined = null;
  /** The world stands here. */
  writingFromTick = 350;
  term = workOf(contextOf(startedRecord()), this.clock).term;
  readonly sweeper = new CheckpointSweeper({
    ...{ ...CHECKPOINT_SETTINGS, colonyName: 'test', snapshots: this.snapshots },
    ...{ archive: this.archive, clock: this.clock, log: this.log },
    record: () => this.record,
    origin: () => this.origin,
    writingFromTick: () => this.writingFromTick,
  });

  /** A part of a checkpoint, or of an attempt. */
  async putPart(tick: number, epoch = 1): Promise<string> {
    const key = `${folderOf(tick, epoch)}boot-0/0`;
    await this.snapshots.putIfAbsent(key, new Uint8Array(1));
    return key;
  }

  /** A whole checkpoint that the record points at, with its part. */
  async point(
    tick: number,
    change: Parameters<typeof manifestAt>[1] = {},
  ): Promise<StoredManifest> {
    await this.putPart(tick);
    const stored = await this.archive.put(manifestAt(tick, change));
    this.record = startedRecord({ colonyInstanceId: INSTANCE, checkpoint: stored.pointer });
    return stored;
  }

  async keys(): Promise<string[]> {
    return (await this.snapshots.list('')).map(({ key }) => key);
  }

  /** The ticks of all objects. */
  async left(): Promise<string[]> {
    const all = await this.keys();
    return all.map((key) => key.replace(/^.*K1\/0*/, '').replace(/\/1-1\/.*/, ''));
  }

  async end(): Promise<void> {
    this.term.end();
    await this.clock.advance(EVERY_MS);
  }
}
