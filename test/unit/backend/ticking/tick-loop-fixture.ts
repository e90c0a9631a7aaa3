import type { StagedShards } from '../../../../services/backend/checkpoints/staged-shards.ts';
import type { HaloExchange } from '../../../../services/backend/halos/halo-exchange.ts';
import type { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import { Grant } from '../../../../services/backend/ticking/grant.ts';
import { SampleBuffer } from '../../../../services/backend/ticking/sample-buffer.ts';
import { TickLoop, type TickLoopParts } from '../../../../services/backend/ticking/tick-loop.ts';
import { WaitMeter } from '../../../../services/backend/ticking/wait-meter.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { topologyOf } from '../topology-fixture.ts';

/** The clock of a test, which counts how often I/O gets its turn. */
class CountingClock extends VirtualClock {
  yields = 0;

  override yieldToIo(): Promise<void> {
    this.yields++;
    return super.yieldToIo();
  }
}

export interface LoopOptions {
  /** How many shards there are. */
  size?: number;
  /** How long a tick takes. */
  tickMs?: number;
  ticksPerExchange?: number;
}

/** A loop over shards without cells. */
export class LoopedShards {
  readonly clock = new CountingClock();
  readonly log = new MemoryLog();
  readonly grant = new Grant();
  readonly samples = new SampleBuffer();
  readonly waits = new WaitMeter(this.clock);
  readonly loop: TickLoop;
  /** How many ticks each step took. */
  readonly steps: number[] = [];
  /** What was asked of shards and exchange, in order. */
  readonly done: string[] = [];
  waitingFor: string[] = [];
  /** What becomes of the next steps, exchanges and measurements. */
  pack: () => Promise<boolean> = async () => true;
  step: () => Promise<boolean> = async () => true;
  receive: () => Promise<boolean> = async () => true;
  isMeasured = true;
  /** The tick of which a checkpoint is due. */
  dueTick = -1;
  /** The ticks whose states were copied out, with the digest that was known. */
  readonly copied: [tick: number, digest: string | undefined][] = [];
  copyOut: () => Promise<boolean> = async () => true;
  tick = 0;
  /** The tick that a reader waits for. */
  awaitedTick: number | undefined;
  #grants = 0;

  constructor({ size = 4, tickMs = 0, ticksPerExchange = 16 }: LoopOptions = {}) {
    const { clock, log, grant, samples, waits } = this;
    const topology = topologyOf({ ticksPerExchange, owners: new Array(16).fill(0) });
    const checkpointing = this.#checkpointing();
    const parts = { grant, samples, topology, checkpointing, waits, clock, log };
    const shards = this.#shards(size, tickMs, ticksPerExchange);
    this.loop = new TickLoop({ ...parts, shards, exchange: this.#exchange() });
  }

  /** Grants a horizon. */
  run(horizon: number, ticksPerSecond: number | null = null, ticksBegun = 0): void {
    const number = ++this.#grants;
    this.grant.apply({ epoch: 1, number, horizon, ticksPerSecond }, ticksBegun);
    this.loop.wake();
  }

  async stop(): Promise<void> {
    const stopped = this.loop.stop();
    await this.clock.advance(10_000);
    await stopped;
  }

  #shards(size: number, tickMs: number, ticksPerExchange: number): ShardSet {
    const self = this;
    return {
      size,
      get tick() {
        return self.tick;
      },
      get awaitedTick() {
        return self.awaitedTick;
      },
      get ticksAhead() {
        return ticksPerExchange - (self.tick % ticksPerExchange);
      },
      pack: () => {
        this.done.push('pack');
        return this.pack();
      },
      measure: async (withDigest: boolean, withSurvey = false) => {
        const what = withSurvey ? 'measure with digest and survey' : 'measure with digest';
        this.done.push(withDigest ? what : 'measure');
        const { tick, isMeasured } = this;
        if (!isMeasured) return undefined;
        const digest = withDigest ? { digest: `digest of ${tick}` } : {};
        return { tick, shards: size, statistics: EMPTY_STATISTICS, ...digest };
      },
      step: async (ticks: number, onBorderDone: () => void) => {
        this.steps.push(ticks);
        this.done.push(`step ${ticks}`);
        if (tickMs > 0) await this.clock.sleep(ticks * tickMs);
        onBorderDone();
        if (!(await this.step())) return false;
        this.tick += ticks;
        return true;
      },
    } as Partial<ShardSet> as ShardSet;
  }

  #checkpointing(): TickLoopParts['checkpointing'] {
    const self = this;
    return {
      get dueTick() {
        return self.dueTick;
      },
      copyOut: (_shards: StagedShards, digest: string | undefined) => {
        this.dueTick = -1;
        this.copied.push([this.tick, digest]);
        return this.copyOut();
      },
    };
  }

  #exchange(): HaloExchange {
    const self = this;
    const closed = new AbortController();
    const end = new Promise<boolean>((resolve) => {
      closed.signal.addEventListener('abort', () => resolve(false));
    });
    return {
      get waitingFor() {
        return self.waitingFor;
      },
      makeRoom: (tick: number) => this.done.push(`makeRoom ${tick}`),
      send: (tick: number) => this.done.push(`send ${tick}`),
      receive: (tick: number) => {
        this.done.push(`receive ${tick}`);
        return Promise.race([this.receive(), end]);
      },
      close: () => {
        this.done.push('close');
        closed.abort();
      },
    } as Partial<HaloExchange> as HaloExchange;
  }
}
