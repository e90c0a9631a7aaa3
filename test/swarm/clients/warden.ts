import type { Registry } from '../../../services/platform/registry/registry.ts';
import type { Judge } from '../invariants/judge.ts';
import type { Slot } from '../processes/slot.ts';
import type { Timeline } from '../time/timeline.ts';
import type { Client } from './client.ts';
import { type AskRequest, REQUESTS } from './requests.ts';

export interface WardenParts {
  client: Client;
  judge: Judge;
  timeline: Timeline;
  /** The processes that are there. */
  alive: (role?: Slot['role']) => readonly Slot[];
  registry: Pick<Registry, 'has'>;
}

/** So far beyond where it first stood, a colony is taken to live: a digest lies in between. */
const TICKS = 50;
const LOOK_MS = 2_000;
const PACE = 10;

/**
 * Once faults are over, sees to it that there is a colony which should tick, as somebody would who wants one:
 * starts it, has it go on, gives it a pace. Done when it has ticked, and every process is registered.
 */
export class Warden {
  readonly #parts: WardenParts;
  #waitsFor: string | undefined = 'a colony that ticks';
  #starts = 0;

  constructor(parts: WardenParts) {
    this.#parts = parts;
  }

  /** What there is not yet; undefined when it is done. */
  get waitsFor(): string | undefined {
    return this.#waitsFor;
  }

  async run(): Promise<void> {
    const { client, judge, timeline } = this.#parts;
    let first: { instance: string | undefined; tick: number } | undefined;
    while (judge.violation === undefined) {
      const { record } = judge.truth;
      if (record.status === 'NotInitialized') await client.insist(this.#start(), 2);
      else if (record.status === 'TopographyInitialized') {
        if (record.paused) await client.insist(REQUESTS.resume(), 2);
        else if (record.ticksPerSecond !== PACE) await client.insist(pace(PACE), 2);
        const tick = this.#leastTick();
        const instance = record.colonyInstanceId;
        if (first?.instance !== instance) first = undefined;
        if (tick !== undefined) first ??= { instance, tick };
        const stored = Math.max(-1, ...(judge.truth.instance?.digestTicks ?? []));
        if (first && tick !== undefined && tick > first.tick + TICKS && stored > first.tick) {
          this.#waitsFor = await this.#unregistered();
          if (this.#waitsFor === undefined) return;
        }
      }
      await timeline.sleep(LOOK_MS);
    }
  }

  #start(): AskRequest {
    const key = `W${++this.#starts}`;
    const path = `/colony-start?idempotency_key=${key}&wait=20`;
    return { method: 'POST', path, ask: { kind: 'start', about: key } };
  }

  async #unregistered(): Promise<string | undefined> {
    const { alive, registry } = this.#parts;
    for (const { role, running } of alive()) {
      if (running === undefined || (await registry.has(`${role}s`, running.boot.bootId))) continue;
      return `the entry of ${running.boot.name} in the registry`;
    }
    return undefined;
  }

  /** Of the backends that hold the newest topology; undefined while none does. */
  #leastTick(): number | undefined {
    const { record } = this.#parts.judge.truth;
    const ticks = this.#parts.alive('backend').flatMap((slot) => {
      const { colony } = slot.running?.status?.() ?? {};
      const isOfNewest =
        colony?.generation === record.generation &&
        colony.topologyVersion === record.topologyVersion &&
        colony.shards.length > 0;
      return isOfNewest ? [colony.tick] : [];
    });
    return ticks.length === 0 ? undefined : Math.min(...ticks);
  }
}

const pace = (ticksPerSecond: number): AskRequest => ({
  method: 'PUT',
  path: '/colony-pace',
  body: JSON.stringify({ ticksPerSecond }),
  ask: { kind: 'pace', about: String(ticksPerSecond) },
});
