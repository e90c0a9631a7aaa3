import { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { Checkpointer } from '../../../../services/coordinator/checkpoints/checkpointer.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import type { StageHook } from '../../../../services/coordinator/term/stages.ts';
import {
  type CheckpointPointer,
  type Manifest,
  manifestKey,
  manifestSchema,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { started } from '../../../support/colony-records.ts';
import { CHECKPOINT_SETTINGS, contextOf, workOf } from '../fixtures.ts';
import { DIGEST, INSTANCE, reportOf, TOPOLOGY } from './checkpoint-fixture.ts';

/** A checkpointer over two backends that say what a test lets them say, with stores in memory. */
export class CheckpointerRig {
  readonly clock: VirtualClock;
  readonly log = new MemoryLog();
  readonly snapshots = new MemorySnapshotStore(() => 0);
  readonly digests = new MemoryDigestLog();
  readonly store: MemoryRecords;
  readonly context: CoordinatorContext;
  readonly scope: ColonyScope;
  readonly checkpointer: Checkpointer;
  /** How the run has ended. */
  readonly ended: Promise<void>;
  eventSeq = 0;
  durableThroughTick = Number.MAX_SAFE_INTEGER;
  /** Through which ticks it wanted what was measured to be stored. */
  readonly wanted: number[] = [];
  hook: StageHook = () => {};
  /** What it has counted. */
  readonly counted: unknown[] = [];
  readonly #stop = new AbortController();

  private constructor(context: CoordinatorContext, store: MemoryRecords, clock: VirtualClock) {
    this.store = store;
    this.clock = clock;
    this.context = context;
    this.scope = workOf(context, clock);
    const { log, snapshots, digests, scope } = this;
    const archive = new CheckpointArchive({
      ...{ colonyName: 'test', snapshots, digests, clock, log },
    });
    this.checkpointer = new Checkpointer(
      {
        ...{ ...CHECKPOINT_SETTINGS, archive, store, digests, context, clock, log },
        randomness: new SeededRandomness(1),
        hook: (point) => this.hook(point),
        count: (...given) => void this.counted.push(given),
      },
      {
        ...{ scope, topology: TOPOLOGY, eventSeq: () => this.eventSeq },
        durableThroughTick: () => this.durableThroughTick,
        wantDurable: (throughTick) => this.wanted.push(throughTick),
      },
    );
    this.ended = this.checkpointer.run(AbortSignal.any([this.#stop.signal, scope.signal]));
  }

  static async create(): Promise<CheckpointerRig> {
    const clock = new VirtualClock();
    const store = new MemoryRecords(new MemoryRecordStore(), clock);
    return new CheckpointerRig(contextOf(await started(store)), store, clock);
  }

  /** The world ticks at 50 ticks/s from where it is told to be, granted 60 ticks ahead. */
  async tickFor(durationMs: number, fromTick: number): Promise<void> {
    const endMs = this.clock.nowMs() + durationMs;
    for (let tick = fromTick; this.clock.nowMs() < endMs; tick += 5) {
      this.observe(tick);
      await this.clock.advance(100);
    }
  }

  observe(tick: number): void {
    this.checkpointer.observe({ tick, running: tick + 60 });
  }

  /** Ticks until the first checkpoint is named: that of tick 600. */
  async untilNamed(): Promise<number> {
    await this.tickFor(10_100, 0);
    const { tick } = this.checkpointer;
    if (tick === undefined) throw new Error('no checkpoint is named');
    return tick;
  }

  /** Both backends have written their parts of a tick, and its digest is stored. */
  async write(tick: number): Promise<void> {
    await this.digests.append(INSTANCE, { tick, digest: DIGEST });
    this.report(tick);
    await this.clock.advance(0);
  }

  report(tick: number): void {
    for (const index of [0, 1]) this.checkpointer.take(`boot-${index}`, reportOf(index, tick));
  }

  async pointer(): Promise<CheckpointPointer | undefined> {
    return (await this.store.read()).checkpoint;
  }

  /** The manifest that the record points at. */
  async manifest(): Promise<Manifest> {
    const pointer = await this.pointer();
    if (pointer === undefined) throw new Error('the record points at no checkpoint');
    const bytes = await this.snapshots.get(manifestKey('test', INSTANCE, pointer), 1_000_000);
    return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  }

  /** Another topology comes, or the ticker ends. */
  stop(): void {
    this.#stop.abort();
  }

  async end(): Promise<void> {
    this.scope.term.end();
    await this.clock.advance(120_000);
    await this.ended;
  }
}
