import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import {
  DIGEST_EVERY_TICKS,
  type Sample,
  STATISTICS_EVERY_TICKS,
  SURVEY_EVERY_TICKS,
} from '../../protocol/colony/sampling.ts';
import { isExchange } from '../../protocol/layout/exchanges.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { BackendState } from '../../protocol/wire/rpc.ts';
import type { Checkpointing } from '../checkpoints/checkpointing.ts';
import type { HaloExchange } from '../halos/halo-exchange.ts';
import type { ShardSet } from '../shards/shard-set.ts';
import type { Grant } from './grant.ts';
import { Pace } from './pace.ts';
import type { SampleBuffer } from './sample-buffer.ts';
import type { WaitMeter } from './wait-meter.ts';

export interface TickLoopParts {
  shards: ShardSet;
  exchange: HaloExchange;
  grant: Grant;
  samples: SampleBuffer;
  topology: Topology;
  checkpointing: Pick<Checkpointing, 'dueTick' | 'copyOut'>;
  waits: WaitMeter;
  clock: Clock;
  log: Log;
}

/** The longest step: readers of the shards wait for its end. */
const STEP_MAX_MS = 200;

/**
 * Ticks the shards of one topology in lockstep, from StartTicking until it is stopped. In each state it
 * takes samples, then waits for the horizon, the pace and, where an exchange is due, the neighbours'
 * halos, in this order, so that halos travel during the other waits. A state that a checkpoint is due of is
 * copied out as soon as it is there and the checkpoint is known. Where a step ends at an exchange,
 * halos are sent while inner blocks still tick. Nothing else writes to the shards, and a loop is never
 * restarted: a newer topology gets its own.
 */
export class TickLoop {
  readonly #parts: TickLoopParts;
  readonly #wakeup: Wakeup;
  readonly #pace = new Pace();
  #standsAt: 'AtHorizon' | 'Blocked' | undefined;
  #failure: string | undefined;
  /** How long a tick of the last step took; undefined before the first. */
  #tickMs = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #done: Promise<void> | undefined;

  constructor(parts: TickLoopParts) {
    this.#parts = parts;
    this.#wakeup = new Wakeup(parts.clock);
  }

  get state(): BackendState {
    if (this.#failure !== undefined) return 'Failed';
    if (this.#standsAt !== undefined) return this.#standsAt;
    return this.#parts.exchange.waitingFor.length > 0 ? 'Waiting' : 'Ticking';
  }

  /** Why it stopped, if it failed. */
  get failure(): string | undefined {
    return this.#failure;
  }

  start(): void {
    if (this.#done !== undefined) throw new Error('a tick loop is started once');
    this.#done = this.#run().catch((error: unknown) => {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#parts.log.error(
        { err: error, tick: this.#parts.shards.tick },
        'Ticking has failed; the shards stand.',
      );
    });
  }

  /** Checks again what it waits for: the grant, or the tick through which samples are stored. */
  wake(): void {
    this.#wakeup.notify();
  }

  /** Ends it as soon as possible; resolves once it no longer writes to any shard. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeup.notify();
    this.#parts.exchange.close();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { shards, exchange, grant, topology, checkpointing, waits } = this.#parts;
    const isWanted = () => !this.#isStopped;
    exchange.makeRoom(shards.tick);
    if (!(await shards.pack())) return;
    exchange.send(shards.tick);
    while (isWanted()) {
      const { tick } = shards;
      const sample = await this.#sample(tick);
      const isCheckpoint = () => checkpointing.dueTick === tick;
      let awaitsHalos = isExchange(topology, tick);
      // The horizon may fall, and this state may have to be kept, while anything else is waited for.
      do {
        if (isCheckpoint() && !(await checkpointing.copyOut(shards, sample?.digest))) return;
        await this.#until(() => tick < grant.horizon || isCheckpoint(), 'AtHorizon');
        if (isCheckpoint()) continue;
        await this.#untilDue();
        if (awaitsHalos && isWanted() && !(await exchange.receive(tick, waits))) return;
        awaitsHalos = false;
      } while (isWanted() && (tick >= grant.horizon || isCheckpoint()));
      if (!isWanted()) return;
      const ticks = this.#ticksAhead();
      const startedMs = this.#parts.clock.nowMs();
      this.#pace.spend(startedMs);
      const isSending = isExchange(topology, tick + ticks);
      if (isSending) exchange.makeRoom(tick + ticks);
      if (!(await shards.step(ticks, () => isSending && exchange.send(tick + ticks)))) return;
      this.#tickMs = (this.#parts.clock.nowMs() - startedMs) / ticks;
      // Without shards a step takes no time: let other work run.
      if (shards.size === 0) await this.#parts.clock.yieldToIo();
    }
  }

  /**
   * How many ticks the next step takes. One at a fixed pace, so that each tick can be watched. Else as
   * many as shards, horizon and samples allow, because every step has a cost of its own; but where ticks
   * take long, no more than readers can wait for, and only to the tick that one of them waits for.
   */
  #ticksAhead(): number {
    const { shards, grant, checkpointing } = this.#parts;
    if (grant.ticksPerSecond !== null) return 1;
    const { tick } = shards;
    const toSample = STATISTICS_EVERY_TICKS - (tick % STATISTICS_EVERY_TICKS);
    const inTime = Math.max(1, Math.floor(STEP_MAX_MS / this.#tickMs));
    const toReader = (shards.awaitedTick ?? Number.POSITIVE_INFINITY) - tick;
    const ahead = Math.min(shards.ticksAhead, grant.horizon - tick, toSample, inTime, toReader);
    const toCheckpoint = checkpointing.dueTick - tick;
    return toCheckpoint > 0 ? Math.min(ahead, toCheckpoint) : ahead;
  }

  /** @returns the sample of this state, if it takes one. */
  async #sample(tick: number): Promise<Sample | undefined> {
    const { shards, samples } = this.#parts;
    if (tick % STATISTICS_EVERY_TICKS !== 0 || shards.size === 0) return undefined;
    await this.#until(() => !samples.isFull, 'Blocked');
    if (this.#isStopped) return undefined;
    const isDue = (everyTicks: number) => tick % everyTicks === 0;
    const sample = await shards.measure(isDue(DIGEST_EVERY_TICKS), isDue(SURVEY_EVERY_TICKS));
    if (sample !== undefined) samples.add(sample);
    return sample;
  }

  /** Waits until the condition holds or the loop is stopped; the status shows the wait. */
  async #until(condition: () => boolean, standsAt: 'AtHorizon' | 'Blocked'): Promise<void> {
    if (this.#isStopped || condition()) return;
    const { waits } = this.#parts;
    this.#standsAt = standsAt;
    waits.begin(standsAt === 'Blocked' ? 'samples' : 'horizon');
    do await this.#wakeup.wait();
    while (!this.#isStopped && !condition());
    waits.end();
    this.#standsAt = undefined;
  }

  async #untilDue(): Promise<void> {
    const { clock, grant, waits } = this.#parts;
    while (!this.#isStopped) {
      const nowMs = clock.nowMs();
      this.#pace.set(grant.ticksPerSecond, nowMs);
      const waitMs = this.#pace.waitMs(nowMs);
      if (waitMs === 0) return;
      waits.begin('pace');
      await this.#wakeup.wait(waitMs);
      waits.end();
    }
  }
}
