import type {
  CheckpointWriter,
  PartPlan,
} from '../../../../services/backend/checkpoints/checkpoint-writer.ts';
import { Checkpointing } from '../../../../services/backend/checkpoints/checkpointing.ts';
import type { StagedShards } from '../../../../services/backend/checkpoints/staged-shards.ts';
import { planStaging, Staging } from '../../../../services/backend/checkpoints/staging.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import type { PartObject } from '../../../../services/protocol/checkpoint/manifest.ts';
import type { Sample } from '../../../../services/protocol/colony/sampling.ts';
import type { StateOrigin } from '../../../../services/world/events/origin.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { topologyOf } from '../topology-fixture.ts';

export const topology = topologyOf({ owners: Array.from({ length: 16 }, (_, shard) => shard % 2) });
export const OBJECT: PartObject = {
  sizeBytes: 9,
  sha256: '0'.repeat(64),
  shardsFrom: 0,
  shardsTo: 14,
};
export const DIGEST = 'd'.repeat(16);
export const never = () => new Promise<never>(() => {});

interface Behaviour {
  take: (round: number) => Promise<void>;
  finish: () => Promise<PartObject[]>;
  /** When the slots are let go of after an abort. */
  release: Promise<void>;
  progress: () => number;
}

/** What it takes to write checkpoints, with a writer and shards that do as a test says. */
export class CheckpointingRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  /** What its writer was asked for. */
  readonly plans: PartPlan[] = [];
  readonly taken: number[] = [];
  /** What it has counted: metric, labels, how much. */
  readonly counted: unknown[][] = [];
  readonly signals: AbortSignal[] = [];
  checkpointing: Checkpointing = this.create();
  slots = 8;
  isCut = false;
  measured = 0;
  /** What a measurement of the shards says. */
  sample: Sample = { tick: 50, shards: 8, statistics: EMPTY_STATISTICS, digest: DIGEST };
  heartbeats = 0;

  create(behaviour: Partial<Behaviour> = {}, hasStore = true): Checkpointing {
    const { take, finish = async () => [OBJECT], release = Promise.resolve() } = behaviour;
    const { progress = () => 0 } = behaviour;
    const writer: CheckpointWriter = {
      begin: (plan, _staging, signal) => {
        this.plans.push(plan);
        this.signals.push(signal);
        const aborted = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
        aborted.catch(() => undefined);
        let isOver = () => {};
        const over = new Promise<void>((resolve) => {
          isOver = resolve;
        });
        return {
          released: Promise.race([over, aborted.catch(() => release)]),
          get progress() {
            return progress();
          },
          take: async (round) => {
            this.taken.push(round);
            await Promise.race([take?.(round), aborted]);
          },
          finish: async () => {
            const objects = await Promise.race([finish(), aborted]);
            isOver();
            return objects;
          },
        };
      },
      close: async () => {},
    };
    const place = hasStore ? { writer, colonyName: 'test' } : undefined;
    const count = (...counted: unknown[]) => void this.counted.push(counted);
    const { clock, log } = this;
    return new Checkpointing({ topology, ownIndex: 0, place, clock, log, count });
  }

  shards(): StagedShards {
    return {
      size: 8,
      staging: new Staging(
        new ReferenceEngine(),
        planStaging(topology, 0, { shardBytes: 0, roomBytes: this.slots * 4096 }),
      ),
      stage: async () => !this.isCut,
      measure: async () => {
        this.measured++;
        return this.sample;
      },
      originHere: () =>
        ({ conditions: 'conditions', schedule: 'schedule' }) as unknown as StateOrigin,
    };
  }

  ask(tick: number | undefined, epoch = 1, ticksBegun = 0): void {
    this.checkpointing.ask({ tick, epoch, number: ++this.heartbeats }, ticksBegun);
  }

  get failure(): string | undefined {
    const { report } = this.checkpointing;
    return report?.state === 'failed' ? report.reason : undefined;
  }
}
