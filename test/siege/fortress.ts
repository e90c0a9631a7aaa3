import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileRegistry } from '../../services/platform/registry/file-registry.ts';
import { familyCpuNs, residentBytes } from '../bench/process-table.ts';
import { eventually, Launch } from '../cluster/local-mode.fixture.ts';
import { MemoryLog } from '../simulation/memory-log.ts';
import type { Target } from './raw-http.ts';

/** A small world. */
const FLAGS = [
  ...['--backends', '2', '--coordinators', '2', '--port', '0'],
  ...['--width', '256', '--height', '192', '--shard-size', '64'],
];

/** The colony that is attacked: on loopback, with all ports that its launch opened. */
export class Fortress {
  readonly dataDir: string;
  readonly targets: readonly Target[];
  private constructor(dataDir: string, targets: readonly Target[]) {
    this.dataDir = dataDir;
    this.targets = targets;
  }

  /**
   * Runs something on a colony of its own, which ends with it.
   *
   * @param pace as `npm start` takes it.
   */
  static async launched<T>(pace: string, run: (fortress: Fortress) => Promise<T>): Promise<T> {
    const folder = mkdtempSync(path.join(tmpdir(), 'colony-siege-'));
    const dataDir = path.join(folder, 'data');
    const launch = new Launch([...FLAGS, '--pace', pace, '--data-dir', dataDir]);
    try {
      const api = await launch.running();
      await eventually('it ticks', async () => ((await api.colony()).tick ?? 0) > 20);
      const store = launch.children().find(({ command }) => /store\.child/.test(command));
      const stores = [...listeners()].filter(([, pid]) => pid === store?.pid);
      const targets = stores.map(([port]): Target => ({ role: 'store', port }));
      return await run(new Fortress(dataDir, [...(await registered(dataDir)), ...targets]));
    } finally {
      await launch.interrupt();
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** The colony of a launch that runs on this data folder. Its store is not known. */
  static async at(dataDir: string): Promise<Fortress> {
    return new Fortress(path.resolve(dataDir), await registered(path.resolve(dataDir)));
  }

  /** The tick of the backend that is furthest behind; undefined if one does not say. */
  async tick(): Promise<number | undefined> {
    const backends = this.targets.filter(({ role }) => role === 'backend');
    const ticks = await Promise.all(backends.map(({ port }) => healthOf(port)));
    const known = ticks.flatMap((health) =>
      typeof health?.tick === 'number' ? [health.tick] : [],
    );
    return known.length === backends.length ? Math.min(...known) : undefined;
  }

  /** Process ids by name; empty where they cannot be known. */
  pids(): Map<string, number> {
    const known = listeners();
    const found = this.targets.map(
      ({ role, port }) => [`${role} :${port}`, known.get(port)] as const,
    );
    return new Map(found.flatMap(([name, pid]) => (pid === undefined ? [] : [[name, pid]])));
  }

  /** Bytes of memory by the name of the process; empty where that cannot be known. */
  memory(): Map<string, number> {
    return new Map([...this.pids()].map(([name, pid]) => [name, residentBytes(pid) ?? 0]));
  }

  /** Seconds of processor time that all backends have used; undefined where that cannot be known. */
  cpuSeconds(): number | undefined {
    const backends = [...this.pids()].filter(([name]) => name.startsWith('backend'));
    const used = backends.map(([, pid]) => familyCpuNs(pid) ?? Number.NaN);
    const seconds = used.reduce((sum, ns) => sum + ns, 0) / 1e9;
    return seconds > 0 ? seconds : undefined;
  }

  /** Bytes of all logs. */
  logBytes(): number {
    const folder = path.join(this.dataDir, 'logs');
    return readdirSync(folder).reduce((sum, file) => {
      return sum + (statSync(path.join(folder, file), { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
  }

  /** Lines of the logs that are errors. */
  errors(): string[] {
    const folder = path.join(this.dataDir, 'logs');
    return readdirSync(folder).flatMap((file) =>
      readFileSync(path.join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"level":"error"')),
    );
  }
}

async function registered(dataDir: string): Promise<Target[]> {
  const registry = new FileRegistry(dataDir, new MemoryLog());
  const targets: Target[] = [];
  for (const [role, roles] of [
    ['coordinator', 'coordinators'],
    ['backend', 'backends'],
  ] as const) {
    for (const { address, rpcPort } of await registry.list(roles)) {
      if (address !== '127.0.0.1') throw new Error(`${address} is not on loopback: left alone`);
      targets.push({ role, port: rpcPort });
    }
  }
  if (targets.length === 0) throw new Error(`no process of a colony is registered in ${dataDir}`);
  return targets;
}

/** On a connection of its own, as somebody who looks after the colony would ask. */
function healthOf(port: number): Promise<{ tick?: unknown } | undefined> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(JSON.parse(text)));
    });
    request.setTimeout(2_000, () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}

/** Which process listens on which port, as Linux says; empty elsewhere. */
function listeners(): Map<number, number> {
  const found = new Map<number, number>();
  if (process.platform !== 'linux') return found;
  const ports = new Map<string, number>();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === '0A') ports.set(`socket:[${inode}]`, Number.parseInt(local.slice(9), 16));
  }
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const link of linksOf(pid)) {
      const port = ports.get(link);
      if (port !== undefined) found.set(port, Number(pid));
    }
  }
  return found;
}

function linksOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return []; // somebody else's, or ended
  }
}
