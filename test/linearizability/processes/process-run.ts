import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, request as send } from 'undici';
import type { Service } from '../../cluster/child.fixture.ts';
import type { Env, Processes } from '../../cluster/processes.fixture.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { type NoReply, runClient } from '../clients/client.ts';
import { History } from '../clients/history.ts';
import type { Reply } from '../clients/told.ts';
import { type Request, Workload } from '../clients/workload.ts';

/**
 * One history of real coordinators over HTTP, of which one after the other is killed and replaced while the
 * clients go on. The seed decides what clients ask for and who is killed, not when things happen.
 */
export interface ProcessRunOptions {
  seed: number;
  clients: number;
  coordinators: number;
  /** Of each client. */
  requests: number;
  processes: Processes;
  agent: Agent;
  /** Where the record is, as it is told in the name. */
  store: string;
  /** What differs in the coordinators' configuration. */
  env: Env;
}

const CLIENT_TIMEOUT_MS = 20_000;
const PAUSE_MS = 200;
const BACK_OFF_MS = 1_000;
/** From one kill to the next, at the most. */
const KILL_MS = 4_000;

export async function processRun(o: ProcessRunOptions): Promise<History> {
  const { processes, seed } = o;
  const randomness = new SeededRandomness(`linearizability of processes ${seed}`);
  const within = (mostMs: number) => sleep(randomness.fraction() * mostMs);
  const colony = `linearizable-${o.store}-${seed}`;
  const name = `processes with ${o.store}, seed ${seed}, ${o.clients} clients, ${o.coordinators} coordinators`;
  const history = new History(name, { mayFail: false, now: () => performance.now() });
  const workload = new Workload(randomness, o.clients);
  const addCoordinator = () => processes.coordinator(colony, { ...o.env, ticksPerSecond: 20 });
  const places: Service[] = await Promise.all(
    Array.from({ length: o.coordinators }, addCoordinator),
  );
  await processes.backend(colony);

  const over = new AbortController();
  const killing = async () => {
    while (!over.signal.aborted) {
      await within(KILL_MS);
      const at = Math.floor(randomness.fraction() * places.length);
      await places[at]?.kill();
      places[at] = await addCoordinator();
    }
  };
  const ask = (request: Request) => {
    const place = places[Math.floor(randomness.fraction() * places.length)] as Service;
    return askOverHttp(place.url, request, o.agent);
  };
  const client = { history, workload, ask, retryShare: 0.5 };
  const waits = { pause: () => within(PAUSE_MS), backOff: () => within(BACK_OFF_MS) };
  const killed = killing();
  await Promise.all(
    Array.from({ length: o.clients }, (_, id) =>
      runClient({ ...client, ...waits, id }, o.requests),
    ),
  );
  over.abort();
  await killed;
  await processes.clear();
  return history;
}

async function askOverHttp(
  origin: string,
  { method, path, body }: Request,
  dispatcher: Agent,
): Promise<Reply | NoReply> {
  const beganMs = performance.now();
  try {
    const answer = await send(origin + path, {
      method,
      dispatcher,
      signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
      ...(body && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    const told: unknown = await answer.body.json();
    return { status: answer.statusCode, body: told, tookMs: performance.now() - beganMs };
  } catch (error) {
    return (error as { code?: string }).code === 'ECONNREFUSED' ? 'unsent' : 'unknown';
  }
}
