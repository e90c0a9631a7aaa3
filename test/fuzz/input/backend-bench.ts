import { type Backend, createBackend } from '../../../services/backend/app.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { MemoryNetwork } from '../../simulation/network/memory-network.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { SECRET } from './signed-call.ts';

export const BENCH_ORIGIN = 'http://127.0.0.1:9000';

/** A backend by itself, with the readable kernel, which nobody calls but the fuzzer. */
export class BackendBench {
  readonly clock = new VirtualClock();
  readonly #backend: Backend;
  /** How many calls it has had. */
  calls = 0;

  constructor(bootId: string) {
    const network = new MemoryNetwork(this.clock);
    this.#backend = createBackend({
      ...{ bootId, id: 'backend-1', pid: 1, rpcSecret: SECRET },
      ...{ clock: this.clock, randomness: new SeededRandomness(1), log: new MemoryLog() },
      ...{ transport: network.transportOf(BENCH_ORIGIN), memoryLimitBytes: 2 ** 26 },
    });
  }

  /** Lets virtual time go on until it is answered. */
  async fetch(request: Request): Promise<Response> {
    let answer: Response | undefined;
    const asked = Promise.resolve(this.#backend.app.fetch(request)).then((got) => {
      answer = got;
    });
    await this.clock.runUntil(() => answer !== undefined, { limitMs: 60_000, what: request.url });
    await asked;
    return answer as Response;
  }

  async close(): Promise<void> {
    let isClosed = false;
    void this.#backend.close().finally(() => {
      isClosed = true;
    });
    await this.clock.runUntil(() => isClosed, { limitMs: 60_000, what: 'the end' });
  }
}
