import type { Draws } from '../draw/draws.ts';
import type { SwarmNetwork } from '../network/swarm-network.ts';
import type { Boot } from '../processes/boot.ts';
import type { ProcessClock } from '../time/process-clock.ts';
import type { Trace } from '../trace/trace.ts';
import type { Ask, Asks } from './asks.ts';
import { type AskRequest, type Knowledge, REQUESTS } from './requests.ts';

/** What a client was answered, its body if that is JSON. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export interface ClientParts {
  boot: Boot;
  clock: ProcessClock;
  network: SwarmNetwork;
  draws: Draws;
  /** Of the rush of this number, for all who come to it. */
  rushDraws: (number: number) => Draws;
  trace: Trace;
  asks: Asks;
  /** Where the coordinators of this run are, whether they are there or not. */
  origins: () => readonly string[];
  nowMs: () => number;
  /** Told of what was done, by its answer. */
  onDone: (ask: Ask, answer: Answer) => void;
}

const TIMEOUT_MS = 30_000;
/** How often it asks again where no answer came. */
const ATTEMPTS_MAX = 3;
/** Clients by themselves hardly ever ask at the same moment; some come to these. */
const RUSH_EVERY_MS = 7_000;
const RUSH_CHANCE = 0.2;
/** What they ask for then, all of them the same; and how often with the same key too. */
const RUSHES = { start: 3, resume: 2, step: 1, inject: 1, pause: 1, cancel: 1, stop: 0.5 } as const;
const RUSH_ALIKE_CHANCE = 0.5;
/** How often the same is asked for once more, as by somebody who has not looked at the answer. */
const AGAIN_CHANCE = 0.15;
/** How often who pauses wants to see the world step by step. */
const STEP_CHANCE = 0.5;

/** Somebody who asks a colony for this and that, and asks again when no answer comes. */
export class Client {
  readonly #parts: ClientParts;
  readonly #knows: Knowledge = { instanceId: undefined, sequence: undefined };
  #isStopped = false;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Asks until it is stopped. */
  async run(thinkMs: number): Promise<void> {
    const { clock, draws } = this.#parts;
    const weights = weightsOf(draws);
    while (!this.#isStopped) {
      await clock.sleep(draws.exponential(thinkMs));
      const request = draws.chance(RUSH_CHANCE)
        ? await this.#rush()
        : REQUESTS[draws.weighted(weights)](draws, this.#knows);
      if (this.#isStopped) return;
      await this.insist(request, draws.whole(1, ATTEMPTS_MAX));
      if (request.ask?.kind === 'pause' && draws.chance(STEP_CHANCE)) {
        const step = REQUESTS.step(draws);
        await this.insist(step, draws.whole(1, ATTEMPTS_MAX));
        await this.insist(step, 1);
      } else if (draws.chance(AGAIN_CHANCE)) await this.insist(request, 1);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Asks, and asks again while no answer comes that says what became of it. */
  async insist(request: AskRequest, attempts: number): Promise<Answer | undefined> {
    const { asks, draws, clock, nowMs, onDone } = this.#parts;
    const ask: Ask | undefined = request.ask && { ...request.ask, sentMs: nowMs() };
    if (ask !== undefined) asks.sent(ask);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const answer = await this.#send(request);
      if (answer !== undefined && answer.status < 500) {
        this.#learn(answer);
        if (ask !== undefined && answer.status < 300) onDone(ask, answer);
        // An attempt before may still be on its way.
        if (ask !== undefined && attempt === 0) asks.settled(ask);
        return answer;
      }
      await clock.sleep(draws.exponential(1_000));
    }
    return undefined;
  }

  /** Waits for the next rush; resolves with what it asks for there. */
  async #rush(): Promise<AskRequest> {
    const { clock, draws, nowMs, rushDraws } = this.#parts;
    const number = Math.ceil(nowMs() / RUSH_EVERY_MS);
    await clock.sleep(number * RUSH_EVERY_MS - nowMs());
    const shared = rushDraws(number);
    const ask = REQUESTS[shared.weighted(RUSHES)];
    return ask(shared.chance(RUSH_ALIKE_CHANCE) ? shared : draws, this.#knows);
  }

  async #send({ method, path, body }: AskRequest): Promise<Answer | undefined> {
    const { boot, clock, network, draws, trace, origins } = this.#parts;
    const url = `${draws.pick(origins())}${path}`;
    trace.add(`${boot.name} asks ${method} ${url} ${body ?? ''}`);
    try {
      const request = new Request(url, {
        method,
        ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
      });
      const answer = await network.fetch({ boot, clock }, request, TIMEOUT_MS);
      const text = await answer.text();
      const isText = answer.headers.get('content-type')?.includes('json') ?? false;
      trace.add(`${boot.name} is told ${answer.status} ${isText ? text.slice(0, 300) : ''}`);
      return { status: answer.status, body: isText ? (JSON.parse(text) as Answer['body']) : {} };
    } catch (error) {
      trace.add(`${boot.name} is told nothing: ${(error as Error).message}`);
      return undefined;
    }
  }

  #learn({ body }: Answer): void {
    const { colonyInstanceId, sequence } = body;
    if (typeof colonyInstanceId === 'string') this.#knows.instanceId = colonyInstanceId;
    if (typeof sequence === 'number') this.#knows.sequence = sequence;
  }
}

/** What it asks for mostly: each client has its own habits. */
function weightsOf(draws: Draws): Record<keyof typeof REQUESTS, number> {
  const names = Object.keys(REQUESTS) as (keyof typeof REQUESTS)[];
  const weights = names.map((name) => [name, draws.chance(0.5) ? draws.fraction() : 0]);
  const { stop = 0, pause = 0, ...others } = Object.fromEntries(weights);
  // A colony that is stopped or paused most of the time comes to nothing.
  return { ...others, stop: stop * 0.2, pause: pause * 0.5, start: 0.5, resume: 0.5 + pause };
}
