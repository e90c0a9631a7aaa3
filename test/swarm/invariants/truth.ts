import type { LoggedEvent } from '../../../services/protocol/colony/colony-event.ts';
import { storedSpecSchema } from '../../../services/protocol/colony/spec.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../services/protocol/record/colony-record.ts';
import { Undisturbed } from './undisturbed.ts';

/** What is known of one instance of the colony. */
export interface Instance {
  id: string;
  generation: number;
  /** The key that started it. */
  key: string;
  world: Undisturbed;
  isComplete: boolean;
  isOver: boolean;
  /** Every entry of its event log that the record ever took, by sequence. */
  events: Map<number, LoggedEvent>;
  /** The sequences of those that are in the event log. */
  logged: Set<number>;
  /** Steps by the hash of their key: where they led. */
  steps: Map<string, number>;
  digestTicks: Set<number>;
  /** The highest tick at which any backend was ever seen. */
  reachedTick: number;
  /** The tick of the newest stored row, of each table. */
  rowTicks: Map<string, number>;
}

/** What the stores say, as no process of the run can see it: the newest record, and what led to it. */
export class Truth {
  /** In the order in which they were written. */
  readonly history: { atMs: number; record: ColonyRecord }[] = [];
  readonly instances = new Map<string, Instance>();
  readonly byGeneration = new Map<number, Instance>();
  record: ColonyRecord = ABSENT_RECORD;

  get instance(): Instance | undefined {
    return this.instances.get(this.record.colonyInstanceId ?? '');
  }

  begin(record: ColonyRecord, storedSpec: unknown): Instance {
    const { spec } = storedSpecSchema.parse(storedSpec);
    const instance: Instance = {
      id: record.colonyInstanceId ?? '',
      generation: record.generation,
      key: record.startKey ?? '',
      world: new Undisturbed(spec),
      isComplete: false,
      isOver: false,
      events: new Map(),
      logged: new Set(),
      steps: new Map(),
      digestTicks: new Set(),
      reachedTick: 0,
      rowTicks: new Map(),
    };
    this.instances.set(instance.id, instance);
    this.byGeneration.set(instance.generation, instance);
    return instance;
  }

  /** The records that held at any time from then on, the one that held then included. */
  since(atMs: number): ColonyRecord[] {
    const from = this.history.findLastIndex((one) => one.atMs < atMs);
    return this.history.slice(Math.max(0, from)).map(({ record }) => record);
  }
}
