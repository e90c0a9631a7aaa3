import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ColonyEvent,
  injectedEventsOf,
} from '../../../services/protocol/colony/colony-event.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart, injectEvent } from '../../simulation/colony-requests.ts';
import type { Fault } from '../../simulation/network/memory-network.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';

const WORLD = { ...SMALL_WORLD, width: 32, height: 32, randomEvents: true };

type Command =
  | { kind: 'pause' | 'resume' }
  | { kind: 'pace'; ticksPerSecond: number | null }
  | { kind: 'step'; ticks: number }
  | { kind: 'inject'; ahead: number | undefined }
  | { kind: 'kill leader' }
  | { kind: 'cancel'; sequence: number }
  | { kind: 'wait'; durationMs: number };

const commands = fc.array(
  fc.oneof<fc.Arbitrary<Command>[]>(
    fc.record({ kind: fc.constant('pause') }),
    fc.record({ kind: fc.constant('resume') }),
    fc.record({
      kind: fc.constant('pace'),
      ticksPerSecond: fc.constantFrom(1, 10, 60, 200),
    }),
    fc.record({ kind: fc.constant('step'), ticks: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ kind: fc.constant('inject'), ahead: fc.constantFrom(undefined, 1, 5, 40, 300) }),
    fc.record({ kind: fc.constant('kill leader') }),
    fc.record({ kind: fc.constant('cancel'), sequence: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant('wait'), durationMs: fc.integer({ min: 1, max: 3_000 }) }),
  ),
  { minLength: 10, maxLength: 25 },
);

/** A colony whose heartbeats get lost, late and out of order; checked at every moment of its time. */
class SteeredColony {
  readonly cluster = new ColonyCluster({ defaultSpec: WORLD, ticksPerSecond: 60 });
  readonly #faults: SeededRandomness;
  /** Every one that was ever there. */
  readonly #backends: BackendMember[] = [];
  /** The events that the record has taken: sequence and tick. */
  readonly #taken: { sequence: number; tick: number }[] = [];
  readonly violations: string[] = [];
  /** While it is paused: beyond this tick nobody may run. */
  #standsAt = Number.POSITIVE_INFINITY;
  #keys = 0;
  leader: CoordinatorMember | undefined;

  constructor(seed: number) {
    this.#faults = new SeededRandomness(seed);
  }

  async start(): Promise<void> {
    const { cluster } = this;
    const { store } = cluster;
    const replace = store.replace.bind(store);
    store.replace = async (seen, next) => {
      const written = await replace(seen, next);
      if (written.ok && next.eventSeq > seen.eventSeq) {
        const { sequence = 0, tick = 0 } = next.pendingEvents.at(-1) ?? {};
        for (const { entry, backend } of this.#backends) {
          const { grant, tick: at = 0 } = backend.status().colony ?? {};
          const reach = Math.max(grant?.horizon ?? 0, at);
          if (reach >= tick) {
            this.violations.push(`event ${sequence} of tick ${tick}: ${entry.id} ran to ${reach}`);
          }
        }
        this.#taken.push({ sequence, tick });
      }
      return written;
    };
    this.leader = await cluster.addCoordinator();
    for (let i = 0; i < 2; i++) this.#backends.push(await cluster.addBackend());
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(this.leader, 'key-1', { waitSeconds: 25 }));
    await cluster.clock.advance(2_000);
  }

  troubleHeartbeats(): void {
    this.cluster.network.setFault(({ path }) => {
      if (path !== '/rpc/heartbeat') return undefined;
      const draw = this.#faults.fraction();
      if (draw < 0.05) return 'drop-request';
      if (draw < 0.1) return 'drop-answer';
      return draw < 0.5 ? ({ delayMs: Math.floor(draw * 4_000) } satisfies Fault) : undefined;
    });
  }

  async carryOut(command: Command): Promise<void> {
    switch (command.kind) {
      case 'pause':
        return this.#ran(await this.#post('/colony-pause'));
      case 'resume':
        this.#standsAt = Number.POSITIVE_INFINITY;
        await this.#post('/colony-resume');
        return;
      case 'step': {
        const before = this.#standsAt;
        this.#standsAt = Number.POSITIVE_INFINITY;
        const query = `?ticks=${command.ticks}&idempotency_key=s${this.#keys++}`;
        const answer = await this.#post(`/colony-step${query}`);
        if (answer.status !== 200) this.#standsAt = before;
        return this.#ran(answer);
      }
      case 'pace': {
        const body = JSON.stringify({ ticksPerSecond: command.ticksPerSecond });
        const headers = { 'content-type': 'application/json' };
        await this.#within(this.#request('/colony-pace', { method: 'PUT', body, headers }));
        return;
      }
      case 'inject': {
        const { ahead } = command;
        const tick = (await this.#view()).tick ?? 0;
        const request = { kind: 'extraFood', ...(ahead !== undefined && { tick: tick + ahead }) };
        if (this.leader === undefined) return;
        await this.#within(injectEvent(this.leader, `e${this.#keys++}`, request));
        return;
      }
      case 'kill leader':
        return this.#replaceLeader();
      case 'cancel':
        await this.#within(
          this.#request(`/colony-events/${command.sequence}`, { method: 'DELETE' }),
        );
        return;
      case 'wait':
        await this.pass(command.durationMs);
    }
  }

  /** Its calls that are under way may still arrive after the next one leads. */
  async #replaceLeader(): Promise<void> {
    this.leader?.kill();
    this.leader = await this.cluster.addCoordinator();
    for (let i = 0; i < 40; i++) {
      await this.pass(500);
      if (/Ticking|Paused/.test((await this.#view()).phase)) return;
    }
  }

  /** Lets time pass, and looks at all backends every few milliseconds. */
  async pass(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 20) {
      await this.cluster.clock.advance(20);
      this.#look();
    }
  }

  /** All that the backends computed is what one process computes that replays the listed events. */
  async expectReplayed(): Promise<void> {
    this.cluster.network.setFault();
    this.#standsAt = Number.POSITIVE_INFINITY;
    await this.#post('/colony-resume');
    const pace = { method: 'PUT', body: '{"ticksPerSecond":200}' };
    const headers = { 'content-type': 'application/json' };
    await this.cluster.during(this.#request('/colony-pace', { ...pace, headers }));
    const { colonyInstanceId } = await this.cluster.store.read();
    const so = (await this.cluster.digests.last(colonyInstanceId ?? ''))?.tick ?? 0;
    const digests = await this.cluster.untilDigest(so + 200);
    const answer = await this.cluster.during(this.#request('/colony-events?from=0&limit=1000'));
    const events = (await answer.json()) as ColonyEvent[];
    const world = new SingleWorld(WORLD, { events: injectedEventsOf(events) });
    for (const { tick, digest } of digests) {
      while (world.tick < tick) world.step();
      expect({ tick, digest: formatDigest(world.digest()) }).toEqual({ tick, digest });
    }
  }

  #look(): void {
    for (const { entry, backend } of this.#backends) {
      const { tick = 0, grant, eventSeq = 0 } = backend.status().colony ?? {};
      if (tick > this.#standsAt) this.#say(`${entry.id} is at ${tick}, beyond ${this.#standsAt}`);
      const lacking = this.#taken.find(
        (e) => e.sequence > eventSeq && e.tick < (grant?.horizon ?? 0),
      );
      if (lacking !== undefined) {
        this.#say(`${entry.id} runs to ${grant?.horizon} without event ${lacking.sequence}`);
      }
    }
  }

  #say(violation: string): void {
    if (this.violations.length < 5) this.violations.push(violation);
  }

  #ran({ status, body }: Answer): void {
    if (status === 200) this.#standsAt = Number(body['effectiveTick']);
  }

  async #request(path: string, init?: RequestInit): Promise<Response> {
    if (this.leader === undefined) throw new Error('not started');
    return this.leader.request(path, init);
  }

  async #post(path: string): Promise<Answer> {
    const answer = await this.#within(this.#request(path, { method: 'POST' }));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async #view() {
    const answer = await this.#within(this.#request('/colony'));
    return (await answer.json()) as { tick: number | null; phase: string };
  }

  async #within<T>(request: Promise<T>): Promise<T> {
    let isDone = false;
    const done = request.finally(() => {
      isDone = true;
    });
    for (let i = 0; i < 5_000 && !isDone; i++) {
      await this.cluster.clock.advance(10);
      this.#look();
    }
    return done;
  }
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

describe('a colony that is steered at random while its heartbeats are lost, late and out of order', () => {
  it('is never contradicted: no event comes at or below a tick that a backend was free to compute', async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.nat(1_000_000), async (list, seed) => {
        const colony = new SteeredColony(seed);
        try {
          await colony.start();
          colony.troubleHeartbeats();
          for (const command of list) await colony.carryOut(command);
          await colony.pass(2_000);
          expect(colony.violations).toEqual([]);
          await colony.expectReplayed();
          expect(colony.violations).toEqual([]);
        } finally {
          await colony.cluster.close();
        }
      }),
      { numRuns: Number(process.env['STEERING_RUNS'] ?? 4) },
    );
  });
});
