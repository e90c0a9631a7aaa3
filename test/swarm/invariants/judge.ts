import {
  isManifestKey,
  type Manifest,
  manifestKey,
  manifestSchema,
} from '../../../services/protocol/checkpoint/manifest.ts';
import type { LoggedEvent } from '../../../services/protocol/colony/colony-event.ts';
import {
  DIGEST_EVERY_TICKS,
  type DigestEntry,
} from '../../../services/protocol/colony/sampling.ts';
import { canonicalJson } from '../../../services/protocol/common/canonical-json.ts';
import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';
import { limitOf } from '../../../services/protocol/record/colony-record.ts';
import type { SeriesItem } from '../../../services/protocol/series/table.ts';
import { TABLES, type TableName } from '../../../services/protocol/series/tables.ts';
import type { Asks } from '../clients/asks.ts';
import type { Boot } from '../processes/boot.ts';
import type { Slot } from '../processes/slot.ts';
import type { Stores } from '../processes/stores.ts';
import { checkAskedFor } from './asked-for.ts';
import type { LeaseWatch } from './lease-watch.ts';
import { checkWrite } from './record-invariants.ts';
import { digestOfStored } from './stored-cells.ts';
import { type Instance, Truth } from './truth.ts';
import type { StoreWatch } from './watched-stores.ts';

/** What must never be the case, and was. */
export interface Violation {
  atMs: number;
  invariant: string;
  problem: string;
}

export interface JudgeParts {
  colonyName: string;
  nowMs: () => number;
  asks: Asks;
  leases: LeaseWatch;
  stores: () => Stores;
  backends: () => readonly Slot[];
  /** Told of the first violation; the run is over then. */
  onViolation: (violation: Violation) => void;
}

/** Judges every write as it takes effect, by what was true before it. */
export class Judge implements StoreWatch {
  readonly truth = new Truth();
  readonly #parts: JudgeParts;
  readonly #specs = new Map<string, unknown>();
  readonly #manifests = new Map<string, Manifest>();
  #checkpoints = 0;
  #violation: Violation | undefined;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** How many were stored and read back. */
  get checkpoints(): number {
    return this.#checkpoints;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  tell(invariant: string, problem: string): void {
    if (this.#violation !== undefined) return;
    this.#violation = { atMs: this.#parts.nowMs(), invariant, problem };
    this.#parts.onViolation(this.#violation);
  }

  objectStored(ref: string, value: unknown): void {
    this.#specs.set(ref, value);
  }

  recordWritten(next: ColonyRecord): void {
    const { truth } = this;
    const before = truth.record;
    checkWrite(truth, next, (problem) => this.tell('record', problem));
    checkAskedFor(this.#parts.asks, before, next, (problem) => this.tell('asked-for', problem));
    const overlap = this.#parts.leases.overlap(before.leader, next.leader);
    if (overlap !== undefined) this.tell('lease', overlap);
    if (next.generation > before.generation) this.#begin(next);
    const instance = truth.byGeneration.get(before.generation);
    if (instance !== undefined && instance.generation === next.generation) {
      this.#follow(instance, next);
    } else if (instance !== undefined) instance.isOver = true;
    truth.record = next;
    truth.history.push({ atMs: this.#parts.nowMs(), record: next });
    this.checkReach();
  }

  /**
   * No backend has run further than the record allows, whether it is still there or not.
   *
   * @param only looks at this boot alone. @default at all
   */
  checkReach(only?: Boot): void {
    const { record, instance } = this.truth;
    if (record.status !== 'TopographyInitialized' || instance === undefined) return;
    for (const slot of this.#parts.backends()) {
      if (only !== undefined && slot.running?.boot !== only) continue;
      const { colony } = slot.running?.status?.() ?? {};
      if (colony?.generation !== record.generation) continue;
      instance.reachedTick = Math.max(instance.reachedTick, colony.tick);
    }
    const limit = limitOf(record);
    if (instance.reachedTick <= limit) return;
    const reached = instance.reachedTick;
    this.tell('horizon', `a backend stood at ${reached}, the record allows ${limit}`);
  }

  digestStored(colonyInstanceId: string, { tick, digest }: DigestEntry): void {
    const instance = this.#instance(colonyInstanceId, 'a digest');
    if (instance === undefined) return;
    if (tick > 0 && !instance.digestTicks.has(tick - DIGEST_EVERY_TICKS)) {
      this.tell('durable', `the digest of tick ${tick} is stored, the one before it is not`);
    }
    instance.digestTicks.add(tick);
    this.#compare(`the digest of tick ${tick}`, digest, instance.world.digestAt(tick));
  }

  eventLogged(colonyInstanceId: string, entry: LoggedEvent): void {
    const instance = this.#instance(colonyInstanceId, 'an event');
    const known = instance?.events.get(entry.sequence);
    if (instance === undefined) return;
    instance.logged.add(entry.sequence);
    if (sameJson(known, entry)) return;
    this.tell('events', `event ${entry.sequence} is logged as ${canonicalJson(entry)}`);
  }

  rowsStored(table: TableName, colonyInstanceId: string, { columns }: SeriesItem): void {
    const instance = this.#instance(colonyInstanceId, 'a row');
    if (instance === undefined) return;
    for (const [i, value] of (columns['tick'] ?? []).entries()) {
      const tick = Number(value);
      const row = Object.fromEntries(
        Object.entries(columns).map(([name, values]) => [name, values[i] ?? null]),
      );
      const expected = instance.world.row(table, tick);
      this.#compare(
        `the row of ${table} of tick ${tick}`,
        canonicalJson(row),
        expected && canonicalJson(expected),
      );
      const newest = instance.rowTicks.get(table) ?? -EVERY_TICKS[table];
      if (tick > newest + EVERY_TICKS[table]) {
        this.tell('durable', `the rows of ${table} between tick ${newest} and ${tick} are missing`);
      }
      instance.rowTicks.set(table, Math.max(tick, newest));
    }
  }

  snapshotStored(key: string, bytes: Uint8Array): void {
    if (!isManifestKey(key)) return;
    const manifest = manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const instance = this.#instance(manifest.colonyInstanceId, 'a checkpoint');
    this.#manifests.set(key, manifest);
    const what = `the checkpoint of tick ${manifest.tick}`;
    this.#compare(what, manifest.digest, instance?.world.digestAt(manifest.tick));
  }

  snapshotDeleted(key: string): void {
    const { checkpoint, colonyInstanceId } = this.truth.record;
    if (checkpoint === undefined || colonyInstanceId === undefined) return;
    const its = manifestKey(this.#parts.colonyName, colonyInstanceId, checkpoint);
    if (!key.startsWith(its.slice(0, its.lastIndexOf('/') + 1))) return;
    this.tell('checkpoint', `${key} is deleted, and the record points at it`);
  }

  /** What a leader says is stored is. */
  checkDurable(instance: Instance, throughTick: number): void {
    if (throughTick < 0) return;
    const digestTick = throughTick - (throughTick % DIGEST_EVERY_TICKS);
    if (!instance.digestTicks.has(digestTick)) {
      this.tell('durable', `tick ${throughTick} is called durable, digest ${digestTick} is not`);
    }
    for (const { name, everyTicks } of TABLES) {
      const rowTick = instance.rowTicks.get(name) ?? -1;
      if (rowTick >= throughTick - (throughTick % everyTicks)) continue;
      const what = `rows of ${name} are up to ${rowTick}`;
      this.tell('durable', `tick ${throughTick} is called durable, ${what}`);
    }
  }

  /**
   * The cells of a checkpoint are looked at once the record points at it: of one that nobody relies on, objects
   * may have been removed.
   */
  async #checkCheckpoint(instance: Instance, key: string): Promise<void> {
    const manifest = this.#manifests.get(key);
    if (manifest === undefined) {
      this.tell('checkpoint', `the record points at ${key}, which is not there`);
      return;
    }
    const what = `the cells of the checkpoint of tick ${manifest.tick}`;
    try {
      const { snapshots } = this.#parts.stores();
      const cells = await digestOfStored(snapshots, key, manifest, instance.world.spec);
      this.#compare(what, cells, manifest.digest);
      this.#checkpoints++;
    } catch (error) {
      this.tell('checkpoint', `${what} cannot be read: ${(error as Error).message}`);
    }
  }

  #begin(next: ColonyRecord): void {
    const spec = this.#specs.get(next.specRef ?? '');
    if (spec === undefined) this.tell('record', `the spec ${next.specRef} is not stored`);
    else this.truth.begin(next, spec);
  }

  #follow(instance: Instance, next: ColonyRecord): void {
    const { checkpoint } = next;
    if (checkpoint && checkpoint.sha256 !== this.truth.record.checkpoint?.sha256) {
      const key = manifestKey(this.#parts.colonyName, instance.id, checkpoint);
      void this.#checkCheckpoint(instance, key);
      // A world that starts from it measures nothing of earlier ticks.
      this.checkDurable(instance, checkpoint.tick);
    }
    if (next.status === 'TopographyInitialized') instance.isComplete = true;
    if (next.status === 'NotInitialized') instance.isOver = true;
    for (const entry of next.pendingEvents) this.#accept(instance, entry);
    for (let sequence = 1; sequence <= next.eventHead; sequence++) {
      if (!instance.events.has(sequence)) this.tell('events', `event ${sequence} is lost`);
      if (!instance.logged.has(sequence)) this.tell('events', `event ${sequence} is not logged`);
    }
    for (const { keyHash, runUntil } of next.handledKeys) {
      const known = instance.steps.get(keyHash);
      if (known !== undefined && known !== runUntil) {
        this.tell('steps', `one key steps to ${known} and to ${runUntil}`);
      }
      instance.steps.set(keyHash, runUntil);
    }
  }

  #accept(instance: Instance, entry: LoggedEvent): void {
    const known = instance.events.get(entry.sequence);
    if (known !== undefined) {
      if (!sameJson(known, entry)) this.tell('events', `event ${entry.sequence} has changed`);
      return;
    }
    for (const other of instance.events.values()) {
      if (other.keyHash === entry.keyHash) {
        this.tell('events', `one key injects events ${other.sequence} and ${entry.sequence}`);
      }
    }
    if (entry.tick < instance.world.comparedTick) {
      const reached = instance.world.comparedTick;
      this.tell('events', `an event of tick ${entry.tick} is taken, tick ${reached} was reached`);
    }
    this.checkReach();
    if (instance.reachedTick > entry.tick) {
      const reached = instance.reachedTick;
      this.tell('events', `an event of ${entry.tick} is taken, a backend stood at ${reached}`);
    }
    instance.events.set(entry.sequence, entry);
    instance.world.add(entry);
  }

  #instance(id: string, what: string): Instance | undefined {
    const instance = this.truth.instances.get(id);
    if (instance === undefined) this.tell('record', `${what} of an unknown instance is stored`);
    return instance;
  }

  #compare(what: string, is: string, expected: string | undefined): void {
    if (expected === undefined || is === expected) return;
    this.tell('determinism', `${what} is ${is}, of the undisturbed world ${expected}`);
  }
}

const EVERY_TICKS = Object.fromEntries(
  TABLES.map(({ name, everyTicks }) => [name, everyTicks]),
) as Record<TableName, number>;

const sameJson = (a: unknown, b: unknown): boolean =>
  a !== undefined && canonicalJson(a) === canonicalJson(b);
