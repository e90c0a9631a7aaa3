import { Asks } from './clients/asks.ts';
import { Client } from './clients/client.ts';
import { Warden } from './clients/warden.ts';
import { Draws } from './draw/draws.ts';
import type { Plan } from './draw/plan.ts';
import { Injector } from './faults/injector.ts';
import { AnswerJudge } from './invariants/answer-judge.ts';
import { CallJudge } from './invariants/call-judge.ts';
import { Judge } from './invariants/judge.ts';
import { LeaseWatch } from './invariants/lease-watch.ts';
import { watchedStores } from './invariants/watched-stores.ts';
import type { Outcome } from './outcome.ts';
import { Boot } from './processes/boot.ts';
import { Cluster } from './processes/cluster.ts';
import type { Stores } from './processes/stores.ts';
import { ProcessClock } from './time/process-clock.ts';
import { Timeline } from './time/timeline.ts';
import { Trace } from './trace/trace.ts';

const STORE_ORIGIN_MS = Date.UTC(2026, 0, 1);
/** The names of errors that no fault makes. */
const BUGS: readonly string[] = [
  'TypeError',
  'ReferenceError',
  'SyntaxError',
  'RangeError',
  'Error',
];
/** Once faults are over, a colony ticks within this time; a start alone may take a minute. */
const LIVE_WITHIN_MS = 300_000;

/** One run: a cluster, its clients, what strikes it, and who judges it. */
export class Swarm {
  readonly #plan: Plan;
  readonly #timeline = new Timeline();
  readonly #trace: Trace;
  readonly #injector: Injector;
  readonly #asks = new Asks();
  readonly #judge: Judge;
  readonly #answers: AnswerJudge;
  readonly #stores: Stores;
  readonly #cluster: Cluster;

  constructor(plan: Plan, onLine?: (line: string) => void) {
    this.#plan = plan;
    const timeline = this.#timeline;
    const nowMs = () => timeline.nowMs;
    const trace = new Trace(nowMs, onLine);
    this.#trace = trace;
    this.#injector = new Injector(plan.seed, plan.rates, { timeline, trace });
    const leases = new LeaseWatch(plan.settings.leaseMs);
    const judge = new Judge({
      colonyName: plan.settings.colonyName,
      nowMs,
      asks: this.#asks,
      leases,
      stores: () => this.#stores,
      backends: () => this.#cluster.alive('backend'),
      onViolation: ({ invariant, problem }) => trace.add(`VIOLATION ${invariant}: ${problem}`),
    });
    this.#judge = judge;
    this.#answers = new AnswerJudge(judge);
    this.#stores = watchedStores(judge, () => STORE_ORIGIN_MS + Math.floor(timeline.nowMs));
    this.#cluster = new Cluster({
      ...{ plan, timeline, trace, injector: this.#injector, stores: this.#stores },
      watch: new CallJudge(judge, leases),
      recordOf: (boot, clock, store) => leases.recordOf(boot, clock, store),
      onError: (process, message, fields) => this.#logged(process, message, fields),
    });
  }

  async run(): Promise<Outcome> {
    const { faultyMs, clients: count, thinkMs } = this.#plan;
    const clients = Array.from({ length: count }, (_, i) => this.#client(`u${i + 1}`));
    for (const client of clients) void client.run(thinkMs);
    this.#injector.begin(this.#cluster);
    const isOver = () => this.#judge.violation !== undefined;
    await this.#timeline.runUntil(faultyMs, isOver);
    this.#trace.add('faults are over');
    this.#injector.stop();
    this.#cluster.calm();
    for (const client of clients) client.stop();
    const warden = new Warden({
      client: this.#client('w'),
      judge: this.#judge,
      timeline: this.#timeline,
      alive: (role) => this.#cluster.alive(role),
      registry: this.#stores.registry,
    });
    void warden.run();
    const untilMs = faultyMs + LIVE_WITHIN_MS;
    await this.#timeline.runUntil(untilMs, () => isOver() || warden.waitsFor === undefined);
    if (!isOver() && warden.waitsFor !== undefined) {
      const when = `${LIVE_WITHIN_MS} ms after the last fault`;
      this.#judge.tell('liveness', `${warden.waitsFor} is still not there ${when}`);
    }
    const trace = this.#trace.hash();
    await this.#end();
    const instances = [...this.#judge.truth.instances.values()];
    return {
      seed: this.#plan.seed,
      trace,
      virtualMs: this.#timeline.nowMs,
      happened: this.#timeline.happened,
      faults: this.#injector.counts,
      ticks: instances.reduce((sum, { digestTicks }) => sum + Math.max(0, ...digestTicks), 0),
      instances: instances.length,
      checkpoints: this.#judge.checkpoints,
      violation: this.#judge.violation,
    };
  }

  /** Nobody handled a rejection: a process would have ended. */
  rejected(error: unknown): void {
    this.#judge.tell(
      'unhandled',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }

  /** Nothing of it runs on. */
  async #end(): Promise<void> {
    this.#cluster.close();
    await this.#timeline.runUntil(this.#timeline.nowMs, () => false);
  }

  #client(name: string): Client {
    const timeline = this.#timeline;
    const boot = new Boot({ name, bootId: name, origin: `http://${name}`, timeline });
    const clock = new ProcessClock({
      timeline,
      reach: (run) => boot.reach(run),
      faults: { rate: 1, originMs: 0, skewMs: 0 },
    });
    return new Client({
      ...{ boot, clock, network: this.#cluster.network, trace: this.#trace, asks: this.#asks },
      draws: new Draws(this.#plan.seed, 'client', name),
      rushDraws: (number) => new Draws(this.#plan.seed, 'rush', number),
      origins: () =>
        this.#cluster.slots.filter(({ role }) => role === 'coordinator').map((slot) => slot.origin),
      nowMs: () => timeline.nowMs,
      onDone: (ask, { status, body }) => this.#answers.check(ask, status, body),
    });
  }

  #logged(process: string, message: string, fields: object): void {
    const { err } = fields as { err?: Error };
    this.#trace.add(
      `${process} logs an error: ${message} ${err?.name ?? ''} ${err?.message ?? ''}`,
    );
    if (message.includes('unexpected error') || BUGS.includes(err?.name ?? '')) {
      this.#judge.tell('unexpected', `${process}: ${err?.stack ?? message}`);
    }
  }
}
