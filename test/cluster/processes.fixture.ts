import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeReportSchema, writeStoreSettings } from '../../services/local/store-settings.ts';
import { ENVIRONMENT } from '../../services/protocol/common/names.ts';
import { ENGINE_VERSION } from '../../services/world/spec/spec.ts';
import { Child, Service } from './child.fixture.ts';
import { colony } from './local-mode.fixture.ts';

/**
 * Coordinators, backends and stores as processes of their own, each one started, stopped and killed
 * by the test alone: nothing restarts them.
 */

const SECRET = 'the-secret-of-a-test-of-processes';

/** 4 × 4 shards; initialised in an instant. */
export const TINY_WORLD = { width: 64, height: 64, shardSize: 16, seed: 5 } as const;

/** What is undefined is left to its default. */
export type Env = Partial<Record<keyof typeof ENVIRONMENT, string | number | undefined>>;

/** Times that let a fail-over take two seconds; the world is ticked at a pace that a busy machine has. */
const SHORT_TIMES: Env = {
  beatIntervalMs: 150,
  leaseMs: 1_500,
  recordPollMs: 50,
  heartbeatIntervalMs: 50,
  startTimeoutMs: 60_000,
  suspectMs: 8_000,
  replacementWaitMs: 300,
  ticksPerSecond: 200,
};

/** The digests of the tiny world from 0 on, as `colony digest` prints them: `TICK DIGEST`. */
export async function expectedDigests(lastTick: number): Promise<string[]> {
  const { width, height, shardSize, seed } = TINY_WORLD;
  const world = ['--width', width, '--height', height, '--shard-size', shardSize, '--seed', seed];
  const { code, said } = await colony('digest', ...world.map(String), '--ticks', String(lastTick));
  if (code !== 0) throw new Error(`colony digest (engine ${ENGINE_VERSION}) failed: ${said}`);
  return said.trim().split('\n');
}

/** A folder, the embedded store in it, and the processes of colonies that use it. */
export class Processes {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'colony-cluster-'));
  readonly #children: Child[] = [];
  #storePort = 0;
  #started = 0;

  constructor() {
    mkdirSync(this.#logs);
  }

  get #logs(): string {
    return path.join(this.#folder, 'logs');
  }

  /** Starts the store, on the port it had if it ran before; resolves when it can be used. */
  async startStore(): Promise<Child> {
    const dataDir = path.join(this.#folder, 'store-data');
    mkdirSync(dataDir, { recursive: true });
    const settings = {
      dataDir,
      port: this.#storePort,
      mayMake: true,
      secret: SECRET,
      logLevel: 'info',
    } as const;
    const log = path.join(this.#logs, 'store.log');
    const store = new Child('store', 'store.child', writeStoreSettings(settings), log);
    this.#children.push(store);
    const report = storeReportSchema.parse(
      await store.report((message) => {
        const type = storeReportSchema.safeParse(message).data?.type;
        return type !== undefined && type !== 'looking';
      }),
    );
    if (report.type !== 'ready') throw new Error(JSON.stringify(report));
    this.#storePort = report.port;
    return store;
  }

  /** @param colonyName processes of one name are one colony */
  coordinator(colonyName: string, env: Env = {}): Promise<Service> {
    const { width, height, shardSize, seed } = TINY_WORLD;
    const world = { width, height, shardSize, seed };
    return this.#service('coordinator', colonyName, {
      httpPort: 0,
      storeEndpoint: `http://127.0.0.1:${this.#storePort}`,
      ...SHORT_TIMES,
      ...world,
      ...env,
    });
  }

  backend(colonyName: string, env: Env = {}): Promise<Service> {
    return this.#service('backend', colonyName, { rpcPort: 0, ...env });
  }

  #service(kind: 'coordinator' | 'backend', colonyName: string, more: Env): Promise<Service> {
    const env: Env = {
      colonyName,
      platform: 'local',
      dataDir: path.join(this.#folder, colonyName),
      rpcSecret: SECRET,
      ...more,
    };
    const variables = Object.entries(env).flatMap(([option, value]) =>
      value === undefined ? [] : [[ENVIRONMENT[option as keyof Env], String(value)]],
    );
    const name = `${colonyName}-${kind}-${++this.#started}`;
    const log = path.join(this.#logs, `${name}.log`);
    const service = new Service(name, kind, Object.fromEntries(variables), log);
    this.#children.push(service);
    return service.listening();
  }

  /** Waits until something holds; if it does not, says what the processes logged last. */
  async until(
    what: string,
    isSo: () => boolean | Promise<boolean>,
    timeoutMs = 60_000,
  ): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    let last: unknown;
    for (;;) {
      try {
        if (await isSo()) return;
        last = undefined;
      } catch (error) {
        last = error;
      }
      if (performance.now() > deadlineMs) {
        const reason = last === undefined ? '' : ` (${last})`;
        throw new Error(`Not within ${timeoutMs} ms: ${what}${reason}\n${this.lastLines()}`);
      }
      await sleep(50);
    }
  }

  /** How a process ends that is to end by itself. */
  async endOf(child: Child): Promise<NodeJS.Signals | number | null> {
    let hasEnded = false;
    void child.ended.then(() => {
      hasEnded = true;
    });
    await this.until(`${child.name} ends`, () => hasEnded);
    return child.ended;
  }

  /** The first digests, once that of a tick is stored. */
  async digestsTo(at: Service, lastTick: number): Promise<string[]> {
    const list = async () => (await at.api.digests()).map((d) => `${d.tick} ${d.digest}`);
    await this.until(`tick ${lastTick} has its digest`, async () =>
      (await at.api.digests()).some(({ tick }) => tick >= lastTick),
    );
    return (await list()).slice(0, lastTick / 100 + 1);
  }

  /** Waits until a coordinator leads, by its own word. */
  async leads(coordinator: Service): Promise<void> {
    await this.until(`${coordinator.name} leads`, async () => {
      const { leader } = await coordinator.api.colony();
      return leader?.address === coordinator.url;
    });
  }

  /** The newest lines of the logs of all processes that were not cleared away. */
  lastLines(): string {
    return this.#children
      .flatMap(({ name, logFile }) =>
        readFileSync(logFile, 'utf8')
          .trim()
          .split('\n')
          .slice(-12)
          .map((line) => `${name}: ${line.slice(0, 400)}`),
      )
      .join('\n');
  }

  /** All lines of all logs. */
  logText(): string {
    return readdirSync(this.#logs)
      .map((file) => readFileSync(path.join(this.#logs, file), 'utf8'))
      .join('\n');
  }

  /** Ends the services and keeps the store. */
  async clear(): Promise<void> {
    const services = this.#children.filter((child) => child instanceof Service);
    await Promise.all(services.map((child) => child.kill()));
    for (const child of services) this.#children.splice(this.#children.indexOf(child), 1);
  }

  /** Ends all of them and forgets what they stored. */
  async close(): Promise<void> {
    await Promise.all(this.#children.splice(0).map((child) => child.kill()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
