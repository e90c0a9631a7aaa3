import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import type { Randomness } from '../../../services/platform/runtime/randomness.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { type NoReply, runClient } from '../clients/client.ts';
import { History } from '../clients/history.ts';
import type { Reply } from '../clients/told.ts';
import { type Request, Workload } from '../clients/workload.ts';
import { FaultyRecordStore, type StoreFaults } from './faulty-record-store.ts';

/**
 * One history in one process on virtual time: coordinators and backends of test/simulation over one record
 * store, with calls that are lost, slow or unanswered, coordinators that are killed and replaced, backends
 * that come too late for a start. The seed decides all of it.
 */
export interface VirtualRunOptions {
  seed: number;
  clients: number;
  coordinators: number;
  /** Of each client. */
  requests: number;
  /** Makes the one store behind all coordinators. @default that of the cluster */
  store?: (clock: Clock) => RecordStore;
}

const START_TIMEOUT_MS = 4_000;
const CLIENT_TIMEOUT_MS = 20_000;
const LIMIT_MS = 3_600_000;
const PAUSE_MS = 1_000;
const BACK_OFF_MS = 3_000;
/** On its way to a coordinator, and back. */
const WAY_MS = 10;

interface Faults {
  mayFail: boolean;
  store: StoreFaults;
  lostAnswers: number;
  /** undefined: nobody is killed. */
  killEveryMs: number | undefined;
}

/** Of each kind of fault a run has much, little or nothing. */
function drawFaults(randomness: Randomness): Faults {
  const rate = (most: number) => most * ([0, 0.2, 1][Math.floor(randomness.fraction() * 3)] ?? 0);
  return {
    mayFail: randomness.fraction() < 0.3,
    store: { slow: rate(0.3), unanswered: rate(0.08), away: rate(0.03) },
    lostAnswers: rate(0.1),
    killEveryMs: randomness.fraction() < 0.6 ? 4_000 + 20_000 * randomness.fraction() : undefined,
  };
}

export async function virtualRun(o: VirtualRunOptions): Promise<History> {
  const randomness = new SeededRandomness(`linearizability ${o.seed}`);
  const faults = drawFaults(randomness);
  const { mayFail } = faults;
  const cluster = new ColonyCluster({
    ticksPerSecond: 20,
    beatIntervalMs: 500,
    leaseMs: 2_000,
    ...(mayFail && { startTimeoutMs: START_TIMEOUT_MS }),
  });
  const { clock } = cluster;
  const within = (mostMs: number) => clock.sleep(randomness.fraction() * mostMs);
  const name = `virtual time, seed ${o.seed}, ${o.clients} clients, ${o.coordinators} coordinators`;
  const history = new History(name, { mayFail, now: () => clock.nowMs() });
  const workload = new Workload(randomness, o.clients);
  const store = o.store?.(clock) ?? cluster.store;
  const places = new Places({ cluster, faults, randomness, store });
  for (let at = 0; at < o.coordinators; at++) await places.fill(at);
  const addBackends = async () => {
    if (mayFail) await within(3 * START_TIMEOUT_MS);
    await cluster.addBackend();
    await cluster.addBackend();
  };

  const client = {
    history,
    workload,
    retryShare: 0.5,
    ask: (request: Request) => places.ask(request),
    pause: () => within(PAUSE_MS),
    backOff: () => within(BACK_OFF_MS),
  };
  const clients = Array.from({ length: o.clients }, (_, id) =>
    runClient({ ...client, id }, o.requests),
  );
  const over = new AbortController();
  void places.kill(over.signal);
  void addBackends();
  await cluster.during(Promise.all(clients), LIMIT_MS);
  over.abort();
  await cluster.close();
  return history;
}

/** The coordinators of a run: each is replaced some time after it was killed. */
class Places {
  readonly #cluster: ColonyCluster;
  readonly #faults: Faults;
  readonly #randomness: Randomness;
  readonly #store: RecordStore;
  readonly #places: { member: CoordinatorMember; isDead: boolean }[] = [];

  constructor(o: {
    cluster: ColonyCluster;
    faults: Faults;
    randomness: Randomness;
    store: RecordStore;
  }) {
    this.#cluster = o.cluster;
    this.#faults = o.faults;
    this.#randomness = o.randomness;
    this.#store = o.store;
  }

  #within(mostMs: number): Promise<void> {
    return this.#cluster.clock.sleep(this.#randomness.fraction() * mostMs);
  }

  #any(): number {
    return Math.floor(this.#randomness.fraction() * this.#places.length);
  }

  async fill(at: number): Promise<void> {
    const { clock } = this.#cluster;
    const common = { clock, randomness: this.#randomness };
    const store = new FaultyRecordStore({
      ...common,
      store: this.#store,
      faults: this.#faults.store,
    });
    this.#places[at] = { member: await this.#cluster.addCoordinator({ store }), isDead: false };
  }

  /** Kills one after the other until it is over. */
  async kill(over: AbortSignal): Promise<void> {
    const { killEveryMs } = this.#faults;
    while (killEveryMs !== undefined && !over.aborted) {
      await this.#within(2 * killEveryMs);
      const at = this.#any();
      const victim = this.#places[at];
      if (victim === undefined || victim.isDead) continue;
      victim.isDead = true;
      victim.member.kill();
      void this.#within(BACK_OFF_MS).then(() => this.fill(at));
    }
  }

  async ask({ method, path, body }: Request): Promise<Reply | NoReply> {
    const place = this.#places[this.#any()];
    if (place === undefined || place.isDead) return 'unsent';
    const { clock } = this.#cluster;
    const beganMs = clock.nowMs();
    const isLost = this.#randomness.fraction() < this.#faults.lostAnswers;
    await this.#within(WAY_MS);
    const answered = place.member
      .request(path, {
        method,
        ...(body && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      })
      .then(async (answer) => ({ status: answer.status, body: (await answer.json()) as unknown }));
    const done = new AbortController();
    const late = clock.sleep(CLIENT_TIMEOUT_MS, done.signal).catch(() => undefined);
    const reply = await Promise.race([answered, late]);
    done.abort();
    await this.#within(WAY_MS);
    if (reply === undefined || isLost || place.isDead) return 'unknown';
    return { ...reply, tookMs: clock.nowMs() - beganMs };
  }
}
