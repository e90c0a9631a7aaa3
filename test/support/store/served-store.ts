import type { Store } from '../../../services/local/store/store.ts';
import { createStoreApp } from '../../../services/local/store/store-app.ts';
import { type Listener, listen } from '../../../services/platform/process/service-process.ts';
import { RpcClient } from '../../../services/platform/rpc/rpc-client.ts';
import { UndiciTransport } from '../../../services/platform/rpc/undici-transport.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { SystemRandomness } from '../../../services/platform/runtime/system-randomness.ts';
import { StoreClient } from '../../../services/platform/store/store-client.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { openStoreIn } from './disk-store.ts';

const SECRET = 'the-secret-of-a-test-of-stores';

/** A store on disk behind its HTTP, as a launch has it, in this process. */
export class ServedStore {
  readonly log: MemoryLog;
  readonly #listener: Listener;
  /** Behind it. */
  readonly store: Store;
  readonly #transport = new UndiciTransport();

  private constructor(store: Store, listener: Listener, log: MemoryLog) {
    this.store = store;
    this.#listener = listener;
    this.log = log;
  }

  static async start(dataDir: string): Promise<ServedStore> {
    const store = await openStoreIn(dataDir);
    const log = new MemoryLog();
    const app = createStoreApp({ store, secret: SECRET, log });
    return new ServedStore(store, await listen(app, { host: '127.0.0.1', port: 0 }), log);
  }

  get port(): number {
    return this.#listener.port;
  }

  get secret(): string {
    return SECRET;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  client(colonyName: string, secret = SECRET): StoreClient {
    const randomness = new SystemRandomness();
    return new StoreClient({
      rpc: new RpcClient({
        transport: this.#transport,
        secret,
        selfBootId: randomness.uuid(),
      }),
      origin: this.origin,
      colonyName,
      // Store and clients share one busy thread: nothing here may depend on its speed.
      timeoutMs: 60_000,
      clock: new SystemClock(),
      randomness,
    });
  }

  async close(): Promise<void> {
    await this.#transport.close();
    await this.#listener.close();
    await this.store.close();
  }
}
