import type { Randomness } from '../../../services/platform/runtime/randomness.ts';
import type { Input, Operation } from './history.ts';

/** A request as it is sent. */
export interface Request {
  op: Operation;
  input: Input;
  method: 'GET' | 'POST';
  path: string;
  body?: object;
}

/** How often each operation is asked for, against the others. */
type Weights = Partial<Record<Operation, number>>;

const PROFILES: readonly Weights[] = [
  // Races for the colony.
  { start: 10, stop: 4, colony: 3 },
  // A colony that is steered.
  { start: 3, stop: 0.4, pause: 4, resume: 4, step: 3, inject: 5, colony: 5, events: 3 },
  // Everything.
  { start: 5, stop: 1.5, pause: 2, resume: 2, step: 2, inject: 3, colony: 4, events: 2 },
];

/** Two different specs; neither has random events, which are listed beside the injected ones. */
const SPECS = [{ randomEvents: false }, { randomEvents: false, seed: 8 }] as const;

/**
 * So many clients pause and resume, of more than 64 fewer; the others look instead. Each of these calls may have
 * changed something or not, and those of many clients overlap in more orders than can be tried.
 */
const togglingOf = (clients: number): number => (clients > 64 ? 2 : 8);

/** Of so many newest keys and instances one is asked for again. */
const REMEMBERED = 6;

/** What the clients of one run ask for, drawn from what they all were told. */
export class Workload {
  readonly #randomness: Randomness;
  readonly #weights: Weights;
  readonly #toggling: number;
  readonly #instances: string[] = [];
  readonly #startKeys: string[] = [];
  readonly #steps: { key: string; ticks: number }[] = [];
  readonly #events: { key: string; colour: number; tick: number | undefined }[] = [];
  #made = 0;

  constructor(randomness: Randomness, clients: number) {
    this.#randomness = randomness;
    this.#toggling = togglingOf(clients);
    this.#weights = this.#one(PROFILES);
  }

  /** A client was told of an instance. */
  learn(instance: string | undefined): void {
    if (instance && !this.#instances.includes(instance)) this.#instances.push(instance);
  }

  /** @param client its number, from 0 */
  next(client: number): Request {
    const op = this.#operation();
    const isToggle = op === 'pause' || op === 'resume';
    switch (isToggle && client >= this.#toggling ? 'colony' : op) {
      case 'start':
        return this.#start();
      case 'stop':
        return this.#stop();
      case 'step':
        return this.#step();
      case 'inject':
        return this.#inject();
      case 'pause':
        return { op: 'pause', input: {}, method: 'POST', path: '/colony-pause' };
      case 'resume':
        return { op: 'resume', input: {}, method: 'POST', path: '/colony-resume' };
      case 'events':
        return {
          op: 'events',
          input: {},
          method: 'GET',
          path: '/colony-events?from=0&limit=1000',
        };
      default:
        return { op: 'colony', input: {}, method: 'GET', path: '/colony' };
    }
  }

  /** Whether something happens that happens so often. */
  chance(share: number): boolean {
    return this.#randomness.fraction() < share;
  }

  #operation(): Operation {
    const weights = Object.entries(this.#weights) as [Operation, number][];
    let left = this.#randomness.fraction() * weights.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [op, weight] of weights) {
      left -= weight;
      if (left < 0) return op;
    }
    return 'colony';
  }

  #start(): Request {
    const key = this.#again(this.#startKeys, 0.7, () => `start-${++this.#made}`);
    const spec = this.chance(0.9) ? SPECS[0] : SPECS[1];
    const waitSeconds = this.chance(0.3) ? 3 : 0;
    return {
      op: 'start',
      input: { key, body: JSON.stringify(spec), ...(waitSeconds > 0 && { wait: true }) },
      method: 'POST',
      path: `/colony-start?idempotency_key=${key}&wait=${waitSeconds}`,
      body: spec,
    };
  }

  #stop(): Request {
    const newest = this.#instances.at(-1) ?? 'nobody';
    const instance = this.chance(0.8) ? newest : this.#one([...this.#instances, 'nobody']);
    return {
      op: 'stop',
      input: { instance },
      method: 'POST',
      path: `/colony-stop?colony_instance_id=${instance}`,
    };
  }

  #step(): Request {
    const ticks = 1 + Math.floor(this.#randomness.fraction() * 5);
    const step = this.#again(this.#steps, 0.3, () => ({ key: `step-${++this.#made}`, ticks }));
    const asked = this.chance(0.9) ? step : { ...step, ticks: step.ticks + 1 };
    return {
      op: 'step',
      input: asked,
      method: 'POST',
      path: `/colony-step?ticks=${asked.ticks}&idempotency_key=${asked.key}`,
    };
  }

  #inject(): Request {
    const isSoon = this.chance(0.8);
    const event = this.#again(this.#events, 0.25, () => ({
      key: `event-${++this.#made}`,
      colour: this.#made,
      tick: isSoon ? undefined : 1 + Math.floor(this.#randomness.fraction() * 3_000),
    }));
    const asked = this.chance(0.9) ? event : { ...event, colour: ++this.#made };
    const { key, colour, tick } = asked;
    return {
      op: 'inject',
      input: { key, body: String(colour), ...(tick !== undefined && { tick }) },
      method: 'POST',
      path: `/colony-events?idempotency_key=${key}`,
      body: { kind: 'createCreature', colour, tick },
    };
  }

  /** One of the newest again, at this share, else a new one. */
  #again<T>(known: T[], share: number, make: () => T): T {
    if (known.length > 0 && this.chance(share)) return this.#one(known.slice(-REMEMBERED));
    const made = make();
    known.push(made);
    return made;
  }

  #one<T>(list: readonly T[]): T {
    return list[Math.floor(this.#randomness.fraction() * list.length)] as T;
  }
}
