import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../services/cli/client/api-client.ts';
import { FileRegistry } from '../../services/platform/registry/file-registry.ts';
import type { ColonyView } from '../../services/protocol/api/public-api.ts';
import type { ClientSpec } from '../../services/protocol/colony/spec.ts';
import { originOf } from '../../services/protocol/wire/registry-entry.ts';
import { Launch, signal } from '../cluster/local-mode.fixture.ts';
import { MemoryLog } from '../simulation/memory-log.ts';
import { familyCpuNs, residentBytes } from './process-table.ts';

/** A moment of a colony that ticks. */
export interface Moment {
  atNs: number;
  /** Of the backend that is furthest behind. */
  tick: number;
  /** Of all its processes since they were started; null where it cannot be known. */
  cpuNs: number | null;
}

const PATIENCE_MS = 300_000;

export interface LaunchOptions {
  backends: number;
  /** In each backend. @default as many as there are for each */
  threads?: number;
  /** @default that of a launch */
  checkpointIntervalSeconds?: number;
  /** @default 'warn' */
  logLevel?: 'info' | 'warn';
}

/** `colony local` from dist/, as a user runs it: unpaced, on a folder of its own, not yet started. */
export class LocalColony {
  readonly dataDir: string;
  readonly #args: readonly string[];
  #launch: Launch;
  #api: ApiClient | undefined;
  #backends: readonly string[] = [];
  #starts = 0;

  private constructor(dataDir: string, args: readonly string[]) {
    this.dataDir = dataDir;
    this.#args = args;
    this.#launch = new Launch([...args]);
  }

  /** Runs something on a launch that ends with it. */
  static async run<T>(
    { backends, threads, checkpointIntervalSeconds, logLevel = 'warn' }: LaunchOptions,
    measure: (colony: LocalColony) => Promise<T>,
  ): Promise<T> {
    const folder = mkdtempSync(path.join(tmpdir(), 'colony-bench-'));
    const colony = new LocalColony(folder, [
      ...['--backends', String(backends), '--port', '0', '--data-dir', folder],
      ...(threads === undefined ? [] : ['--threads', String(threads)]),
      ...(checkpointIntervalSeconds === undefined
        ? []
        : ['--checkpoint-interval-seconds', String(checkpointIntervalSeconds)]),
      ...['--pace', 'unlimited', '--log-level', logLevel, '--no-colony-start'],
    ]);
    try {
      await colony.#running();
      return await measure(colony);
    } finally {
      await colony.#launch.interrupt();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  get api(): ApiClient {
    if (this.#api === undefined) throw new Error('the launch is not up yet');
    return this.#api;
  }

  async #running(): Promise<void> {
    this.#api = await this.#launch.running();
    const entries = await new FileRegistry(this.dataDir, new MemoryLog()).list('backends');
    this.#backends = entries.map(({ address, rpcPort }) => originOf(address, rpcPort));
  }

  /** Kills every process of it at once, as by kill -9, and launches it again on the same folder. */
  async killAllAndLaunch(): Promise<void> {
    const children = this.#launch.children();
    for (const pid of [this.#launch.pid, ...children.map((child) => child.pid)]) {
      signal(pid, 'SIGKILL');
    }
    await this.#launch.ended;
    this.#launch = new Launch([...this.#args]);
    await this.#running();
  }

  get backendCount(): number {
    return this.#backends.length;
  }

  /**
   * Starts a colony; the milliseconds from the request to the first tick of the last backend. Looks
   * every few milliseconds, at the backends themselves: the leader hears of it by its heartbeats.
   */
  async start(spec: ClientSpec): Promise<number> {
    const startedMs = performance.now();
    const answer = this.api.start(`bench-${++this.#starts}`, 25, spec);
    await Promise.all([answer, this.#until('it ticks', async () => (await this.tick()) >= 1, 4)]);
    return performance.now() - startedMs;
  }

  /** Stops the colony, and waits until the backends hold nothing of it. */
  async stop(): Promise<void> {
    const { colonyInstanceId } = await this.api.colony();
    await this.api.stop(colonyInstanceId ?? '');
    await this.#until('nothing is held', async () => {
      const { phase } = await this.api.colony();
      return phase === 'Idle' && (await this.tick()) < 0;
    });
  }

  /** The tick of the backend that is furthest behind; -1 if one has none. */
  async tick(): Promise<number> {
    const ticks = this.#backends.map(async (origin) => {
      const health = (await (await fetch(`${origin}/healthz`)).json()) as { tick: number | null };
      return health.tick ?? -1;
    });
    return Math.min(...(await Promise.all(ticks)));
  }

  async moment(): Promise<Moment> {
    const tick = await this.tick();
    return {
      atNs: performance.now() * 1e6,
      tick,
      cpuNs: familyCpuNs(this.#launch.pid),
    };
  }

  /** Waits until every backend is beyond a tick. */
  async ticksTo(tick: number): Promise<void> {
    await this.#until(`tick ${tick}`, async () => (await this.tick()) >= tick);
  }

  /** Waits until the leader shows a colony that is as it should be; looks every few milliseconds. */
  async shows(what: string, isSo: (view: ColonyView) => boolean): Promise<ColonyView> {
    let view: ColonyView | undefined;
    const look = async () => {
      view = await this.api.colony();
      return isSo(view);
    };
    await this.#until(what, look, 10);
    return view as ColonyView;
  }

  /** Waits until the digest of a tick is stored. */
  async storesDigest(tick: number): Promise<void> {
    await this.#until(`the digest of tick ${tick}`, async () => {
      return ((await this.api.colony()).lastDigest?.tick ?? -1) >= tick;
    });
  }

  /** Resident memory of all backends, in bytes; null where it cannot be known. */
  backendBytes(): number | null {
    return this.#launch
      .children()
      .filter(({ command }) => /backend\.js/.test(command))
      .map(({ pid }) => residentBytes(pid))
      .reduce((sum, bytes) => (sum === null || bytes === null ? null : sum + bytes), 0);
  }

  async #until(what: string, isSo: () => Promise<boolean>, everyMs = 25): Promise<void> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!(await isSo())) {
      if (performance.now() > deadlineMs) {
        throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}\n${this.#launch.said}`);
      }
      await sleep(everyMs);
    }
  }
}
