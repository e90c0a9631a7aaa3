import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import {
  PROTOCOL_VERSION,
  type RegistryEntry,
} from '../../../services/protocol/wire/registry-entry.ts';
import { Draws } from '../draw/draws.ts';
import type { Plan } from '../draw/plan.ts';
import type { Birth, Impairment, Stage, Victim } from '../faults/fault-kind.ts';
import type { Injector } from '../faults/injector.ts';
import type { CallWatch } from '../network/swarm-network.ts';
import { SwarmNetwork } from '../network/swarm-network.ts';
import { faultyPort } from '../ports/faulty-port.ts';
import { PastAnswers } from '../ports/past-answers.ts';
import { ProcessClock } from '../time/process-clock.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import { Boot } from './boot.ts';
import type { Launch } from './launch.ts';
import { launchBackend } from './launch-backend.ts';
import { launchCoordinator } from './launch-coordinator.ts';
import { Slot } from './slot.ts';
import type { Stores } from './stores.ts';
import { type Capacity, SwarmCompute } from './swarm-compute.ts';
import { SwarmLog } from './swarm-log.ts';
import { impaired, Weather } from './weather.ts';

/** More than a backend takes to hand over what it holds. */
const END_AT_MOST_MS = 35_000;
const ADDRESSES_OF = { coordinator: 1, backend: 2 } as const;
const PORT_OF = { coordinator: 8083, backend: 9000 } as const;

export interface ClusterParts {
  plan: Plan;
  timeline: Timeline;
  trace: Trace;
  injector: Injector;
  stores: Stores;
  watch: CallWatch;
  /** The record store of one process, from its side: what it sends and is told. */
  recordOf: (boot: Boot, clock: ProcessClock, store: RecordStore) => RecordStore;
  /** Told of what a process says that no fault explains. */
  onError: (process: string, message: string, fields: object) => void;
}

/** The processes of a run: started, struck by faults, and started again. */
export class Cluster implements Stage, Capacity {
  readonly slots: readonly Slot[];
  readonly network: SwarmNetwork;
  readonly #parts: ClusterParts;
  readonly #weather: Weather;
  readonly #past: PastAnswers;
  readonly #restarts: Draws;
  readonly #compute: SwarmCompute;
  /** Those that will never go on. */
  readonly #hung: Boot[] = [];
  readonly #oldOrigins: Record<Slot['role'], string[]> = { coordinator: [], backend: [] };

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    const { plan, timeline, trace, injector, watch } = parts;
    this.#weather = new Weather(plan.seed, { timeline, injector });
    this.#past = new PastAnswers(() => timeline.nowMs);
    this.network = new SwarmNetwork({ timeline, trace, watch, weather: this.#weather });
    this.#restarts = new Draws(plan.seed, 'restarts');
    this.#compute = new SwarmCompute(this);
    this.slots = [
      ...Array.from({ length: plan.coordinators }, (_, i) => slotOf('coordinator', i)),
      ...Array.from({ length: plan.backends }, (_, i) => slotOf('backend', i)),
    ];
    for (const slot of this.slots) {
      slot.isWanted = slot.role === 'coordinator' || !plan.scales;
      if (slot.isWanted) this.#startLater(slot, this.#restarts.between(0, 1_500));
    }
  }

  alive(role?: Victim['role']): readonly Slot[] {
    return this.slots.filter((slot) => slot.isAlive && (role === undefined || slot.role === role));
  }

  kill(victim: Victim): void {
    const { running } = this.#slot(victim);
    if (running === undefined || running.boot.isDead) return;
    this.#parts.trace.add(`dies ${running.boot.name}`);
    running.boot.end();
    this.#ended(this.#slot(victim));
  }

  end(victim: Victim): void {
    const slot = this.#slot(victim);
    const { running } = slot;
    if (running === undefined || running.boot.isDead || slot.isEnding) return;
    slot.isEnding = true;
    this.#parts.trace.add(`is told to end ${running.boot.name}`);
    const { boot } = running;
    const over = () => {
      if (!boot.isDead) this.kill(slot);
    };
    void running.end().then(over);
    this.#parts.timeline.after(END_AT_MOST_MS, over);
  }

  pause(victim: Victim, durationMs: number): void {
    const { boot } = this.#slot(victim).running ?? {};
    if (boot === undefined || boot.isPaused) return;
    this.#parts.trace.add(`pauses ${boot.name}`);
    boot.pause();
    this.#parts.timeline.after(durationMs, () => this.#resume(boot));
  }

  cut(from: readonly Victim[], to: readonly Victim[], durationMs: number): void {
    this.#weather.cut(
      from.map(({ origin }) => origin),
      to.map(({ origin }) => origin),
      durationMs,
    );
  }

  impairStore(
    from: readonly Victim[],
    ports: readonly string[],
    how: Impairment,
    durationMs: number,
  ): void {
    const origins = from.map(({ origin }) => origin);
    const to = ports.map((port) => impaired(how, port));
    this.#weather.cut(origins, to, durationMs);
  }

  hang(victim: Victim): void {
    const slot = this.#slot(victim);
    const { boot } = slot.running ?? {};
    if (boot === undefined || boot.isDead) return;
    this.#parts.trace.add(`hangs ${boot.name}`);
    boot.pause();
    this.#hung.push(boot);
    slot.running = undefined;
    this.#ended(slot);
  }

  loseEntry(victim: Victim): void {
    const { boot } = this.#slot(victim).running ?? {};
    if (boot === undefined) return;
    const { registry } = this.#parts.stores;
    void registry.remove(victim.role === 'backend' ? 'backends' : 'coordinators', boot.bootId);
  }

  jumpClock(victim: Victim, skewMs: number): void {
    this.#slot(victim).running?.clock.jump(skewMs);
  }

  running(): number {
    return this.alive('backend').length;
  }

  scaleTo(desired: number): void {
    const backends = this.slots.filter(({ role }) => role === 'backend');
    this.#parts.trace.add(`scale ${desired}`);
    for (const [i, slot] of backends.entries()) {
      const isWanted = i < desired;
      if (slot.isWanted === isWanted) continue;
      slot.isWanted = isWanted;
      if (!isWanted) this.end(slot);
      else if (!slot.isAlive) this.#startLater(slot, this.#restarts.between(500, 8_000));
    }
  }

  isAlive(taskArn: string): boolean {
    const boots = [...this.alive().map(({ running }) => running?.boot), ...this.#hung];
    return boots.some((boot) => boot?.name === taskArn);
  }

  /** Everything ends at once, and nothing is started again. */
  close(): void {
    for (const slot of this.slots) {
      slot.isWanted = false;
      slot.running?.boot.end();
    }
    for (const boot of this.#hung) boot.end();
  }

  /** What faults left behind is mended: whoever is paused goes on, nobody is cut off, and all run this build. */
  calm(): void {
    this.#weather.clear();
    for (const slot of this.slots) {
      if (slot.running !== undefined) this.#resume(slot.running.boot);
      if (slot.hasWrongBuild) this.kill(slot);
    }
  }

  #resume(boot: Boot): void {
    if (!boot.isPaused || boot.isDead || this.#hung.includes(boot)) return;
    this.#parts.trace.add(`goes on ${boot.name}`);
    boot.resume();
  }

  #ended(slot: Slot): void {
    this.#oldOrigins[slot.role].push(slot.origin);
    if (slot.isWanted) this.#startLater(slot, this.#restarts.logBetween(100, 12_000));
  }

  #startLater(slot: Slot, delayMs: number): void {
    if (slot.isStarting) return;
    slot.isStarting = true;
    this.#parts.timeline.after(delayMs, () => {
      slot.isStarting = false;
      if (slot.isWanted && !slot.isAlive) this.#start(slot);
    });
  }

  #start(slot: Slot): void {
    const { plan, timeline, trace, injector, stores } = this.#parts;
    slot.boots++;
    slot.isEnding = false;
    const name = `${slot.name}.${slot.boots}`;
    const birth: Birth = {
      role: slot.role,
      clock: { rate: 1, originMs: 0, skewMs: 0 },
      slowness: { share: 0, mostMs: 0 },
    };
    injector.strikeBirth(birth, name);
    slot.hasWrongBuild = birth.wrongBuild !== undefined;
    if (birth.takesOldAddress || this.network.isTaken(slot.origin)) this.#readdress(slot);
    const draws = new Draws(plan.seed, 'process', name);
    const { origin } = slot;
    const boot = new Boot({
      ...{ name, origin, timeline, bootId: draws.uuid() },
      onPoint: (point) => {
        if (boot === slot.running?.boot) injector.strikePoint(this, slot, point);
      },
    });
    const clock = new ProcessClock({
      timeline,
      reach: (run) => boot.reach(run),
      faults: birth.clock,
      yieldMs: () =>
        injector.isOn && draws.chance(birth.slowness.share)
          ? draws.between(0, birth.slowness.mostMs)
          : 0,
    });
    const { hostname, port } = new URL(origin);
    const entry: RegistryEntry = {
      id: slot.name,
      bootId: boot.bootId,
      address: hostname,
      rpcPort: Number(port),
      httpPort: Number(port),
      startedAt: clock.wallTime(),
      version: '0.0.0-swarm',
      protocolVersion: PROTOCOL_VERSION + (birth.wrongBuild === 'protocol' ? 1 : 0),
      ...(slot.role === 'backend' && plan.scales && { taskArn: name }),
    };
    const portParts = {
      ...{ boot, timeline, trace, past: this.#past },
      fateOf: (port: string, method: string) => this.#weather.portFate(boot, port, method),
    };
    const launch: Launch = {
      ...{ boot, birth, entry, clock, timeline, plan, stores, randomness: draws },
      network: this.network,
      log: new SwarmLog(name, this.#parts.onError),
      ports: (port, store) => boot.life.guard(port, faultyPort(portParts, port, store)),
    };
    trace.add(`starts ${name} at ${origin}`);
    slot.running =
      slot.role === 'backend' ? launchBackend(launch) : this.#launchCoordinator(launch);
  }

  #launchCoordinator(launch: Launch) {
    const { stores, plan, recordOf } = this.#parts;
    const { boot, clock } = launch;
    const record = recordOf(boot, clock, launch.ports('record', stores.record));
    const compute = launch.ports('compute', this.#compute);
    const capacity = { compute, backendCount: plan.backends, spotShare: 0 };
    return launchCoordinator(launch, record, plan.scales ? capacity : undefined);
  }

  /** Gives it an address that somebody had before, or one that nobody has had. */
  #readdress(slot: Slot): void {
    const free = this.#oldOrigins[slot.role].filter((origin) => !this.network.isTaken(origin));
    slot.origin = free.length > 0 ? this.#restarts.pick(free) : slot.origin;
    let number = 100 + this.slots.length + slot.boots;
    while (this.network.isTaken(slot.origin)) slot.origin = originOf(slot.role, number++);
  }

  #slot(victim: Victim): Slot {
    return victim as Slot;
  }
}

const originOf = (role: Slot['role'], number: number): string =>
  `http://10.0.${ADDRESSES_OF[role]}.${number}:${PORT_OF[role]}`;

const slotOf = (role: Slot['role'], i: number): Slot =>
  new Slot(`${role[0]}${i + 1}`, role, originOf(role, i + 1));
