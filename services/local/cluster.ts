import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPinoLog } from '../platform/observability/pino-log.ts';
import { FileRegistry } from '../platform/registry/file-registry.ts';
import { isDoneWithin } from '../platform/runtime/deadline.ts';
import { SystemClock } from '../platform/runtime/system-clock.ts';
import { ENVIRONMENT, NODE_FLAGS } from '../protocol/common/names.ts';
import type { Leader } from '../protocol/record/colony-record.ts';
import { BackendGroup } from './backend-group.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { freeLead, type LaunchRecord, storedBackends } from './launch-record.ts';
import { LocalError } from './local-error.ts';
import {
  backendEnv,
  cleanEnv,
  coordinatorEnv,
  type Launch,
  type LocalSettings,
  makeSecret,
} from './local-settings.ts';
import { AFTER_END_MS, type ManagedChild, type Role } from './managed-child.ts';
import { chooseCoordinatorPorts } from './ports.ts';
import { ENDED_BY_ENGINE, unreadable } from './store/refusal.ts';
import { storePlace } from './store/store-folder.ts';
import { type StoreReport, storeReportSchema, writeStoreSettings } from './store-settings.ts';
import { Supervisor } from './supervisor.ts';

/** Without a word of the store: it waits 5 s for another process to let go of its folder, and tells how far it has looked. */
const STORE_TIMEOUT_MS = 20_000;
/** The coordinators of a killed launch end by themselves, 5 s at most after it. */
const PORT_PATIENCE_MS = 8000;

/** If the store does not answer by then, the lease of a former leader is waited for. */
const FREE_LEAD_MS = 2_000;

const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

export interface ClusterEvents {
  /** A line for people. */
  onLine(text: string): void;
  /** A child keeps failing: its name, how it ended and the end of its log. */
  onKeepsFailing(report: string): void;
}

/** All processes of a local colony, on one data folder. */
export class LocalCluster {
  readonly #settings: LocalSettings;
  readonly #supervisor: Supervisor;
  readonly #ports: readonly number[];
  readonly #folder: DataFolder;
  readonly #registry: FileRegistry;
  readonly #events: ClusterEvents;
  readonly #backends: BackendGroup;
  #launch: Launch | undefined;

  private constructor(
    settings: LocalSettings,
    folder: DataFolder,
    ports: readonly number[],
    events: ClusterEvents,
  ) {
    this.#settings = settings;
    this.#folder = folder;
    this.#ports = ports;
    this.#events = events;
    this.#registry = new FileRegistry(folder.path, createPinoLog({ level: 'silent' }));
    this.#supervisor = new Supervisor(new SystemClock(), events);
    this.#backends = new BackendGroup({
      envOf: (backends) => backendEnv(this.#running(), backends),
      start: (number, env) => {
        const child = this.#add('backend', number, 'backend.js', env);
        return {
          number,
          setEnv: (more) => child.setEnv(more),
          retire: () => this.#supervisor.retire(child),
        };
      },
      onLine: (text) => events.onLine(text),
    });
  }

  /** Takes the data folder and the ports; throws LocalError when one cannot be had. */
  static async prepare(settings: LocalSettings, events: ClusterEvents): Promise<LocalCluster> {
    const folder = await openDataFolder(settings.dataDir);
    try {
      // The lock proves that no process of an earlier launch needs its entries any more.
      await rm(path.join(folder.path, 'registry'), { recursive: true, force: true });
      const patienceMs = folder.lastLaunchWasKilled ? PORT_PATIENCE_MS : 0;
      const ports = await chooseCoordinatorPorts(settings.port, settings.coordinators, patienceMs);
      return new LocalCluster(settings, folder, ports, events);
    } catch (error) {
      await folder.release();
      throw error;
    }
  }

  /** Origins of the public HTTP API, one per coordinator. */
  get urls(): string[] {
    return this.#ports.map(urlOf);
  }

  /** The roles of which a process is there, in the order in which `stop` ends them. */
  get running(): Role[] {
    return this.#supervisor.running;
  }

  get dataDir(): string {
    return this.#folder.path;
  }

  /** Starts the embedded store; resolves when it can be used. */
  async startStore(): Promise<void> {
    const rpcSecret = makeSecret();
    const { logLevel } = this.#settings;
    const dataDir = this.#folder.path;
    const settings = { dataDir, port: 0, mayMake: true, secret: rpcSecret, logLevel };
    const storePort = await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new LocalError(`The store did not start: see ${this.#logFile('store', 1)}.`)),
        STORE_TIMEOUT_MS,
      );
      // A launch that is interrupted meanwhile ends without waiting for it.
      timer.unref();
      const env = { ...cleanEnv(process.env), ...writeStoreSettings(settings) };
      const watch = this.#watchStore(resolve, (message) => reject(new LocalError(message)));
      let isReady = false;
      const onMessage = (message: unknown) => {
        const report = storeReportSchema.safeParse(message).data;
        if (report === undefined) return;
        if (report.type === 'looking') {
          timer.refresh();
          return;
        }
        clearTimeout(timer);
        if (report.type === 'ready') {
          isReady = true;
          store.setEnv(writeStoreSettings({ ...settings, port: report.port, mayMake: false }));
        }
        watch(report);
      };
      const onEnd = async (signal: NodeJS.Signals | undefined) => {
        if (signal !== 'SIGABRT' || isReady) return;
        // Nor is it started again, which would find the same.
        void store.stop('SIGKILL');
        const { message } = unreadable(storePlace(dataDir).folder, ENDED_BY_ENGINE);
        reject(new LocalError(message));
      };
      const on = { onMessage, onEnd };
      const store: ManagedChild = this.#add('store', 1, 'store.child.js', env, on);
    });
    this.#launch = { settings: this.#settings, dataDir, storePort, rpcSecret };
  }

  /** The first report is that of the start; later ones are lines for people. */
  #watchStore(onReady: (port: number) => void, onRefused: (message: string) => void) {
    let isStarted = false;
    let isInTrouble = false;
    return (report: Exclude<StoreReport, { type: 'looking' }>) => {
      if (report.type === 'trouble') {
        isInTrouble = true;
        if (isStarted) this.#events.onLine(`store 1: ${report.message}`);
        else onRefused(report.message);
        return;
      }
      if (isInTrouble) this.#events.onLine('store 1 can be used again');
      isInTrouble = false;
      isStarted = true;
      onReady(report.port);
    };
  }

  /** Starts them; one that ends leads no more, and another takes the lead at once. */
  async startCoordinators(): Promise<void> {
    const launch = this.#running();
    // Whoever led in an earlier launch cannot reach this store: it has another port, and another secret.
    const freed = freeLead(this.#record, () => true, AbortSignal.timeout(FREE_LEAD_MS));
    await isDoneWithin(new SystemClock(), FREE_LEAD_MS, freed);
    for (const [i, port] of this.#ports.entries()) {
      const url = urlOf(port);
      const isThis = ({ address }: Leader) => address === url;
      const onEnd = () => freeLead(this.#record, isThis, AbortSignal.timeout(AFTER_END_MS));
      this.#add('coordinator', i + 1, 'coordinator.js', coordinatorEnv(launch, port), { onEnd });
    }
  }

  /** How many backends the colony of this folder was asked for; undefined if it was not, or is not known. */
  storedBackends(): Promise<number | undefined> {
    return storedBackends(this.#record);
  }

  get #record(): LaunchRecord {
    const { storePort, rpcSecret, settings } = this.#running();
    return { storePort, rpcSecret, colonyName: settings.name };
  }

  /**
   * Has so many backends from now on, 64 at most: starts further ones, or lets the newest hand over what they
   * hold and end.
   */
  scaleBackends(backends: number): void {
    this.#backends.scale(backends);
  }

  /** How many backends have said in the registry that they listen. */
  async countBackends(): Promise<number> {
    return (await this.#registry.list('backends')).length;
  }

  /** Ends all processes in order, within 5 s, and lets go of the folder. */
  async stop(): Promise<void> {
    await this.#supervisor.stop();
    await this.#folder.release();
  }

  /** Ends all processes at once. */
  async kill(): Promise<void> {
    await this.#supervisor.kill();
  }

  #running(): Launch {
    if (this.#launch === undefined) throw new Error('The store is not started');
    return this.#launch;
  }

  #logFile(role: Role, number: number): string {
    return path.join(this.#folder.path, 'logs', `${role}-${number}.log`);
  }

  #add(
    role: Role,
    number: number,
    bundle: string,
    env: NodeJS.ProcessEnv,
    on: Parameters<Supervisor['add']>[1] = {},
  ): ManagedChild {
    const script = fileURLToPath(new URL(`./${bundle}`, import.meta.url));
    const logFile = this.#logFile(role, number);
    const nodeFlags = role === 'store' ? [] : NODE_FLAGS[role];
    const plan = { role, number, script, nodeFlags, logFile };
    // It bounds the file itself while it runs.
    const own = {
      [ENVIRONMENT.logFile]: logFile,
      [ENVIRONMENT.processName]: `${role}-${number}`,
    };
    return this.#supervisor.add({ ...plan, env: { ...env, ...own } }, on);
  }
}
