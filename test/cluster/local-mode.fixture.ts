import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../../services/cli/client/api-client.ts';

const colonyBundle = path.resolve('dist/colony.js');

/** A small world, so that digests come quickly: 4 × 3 shards. */
export const smallWorld = { width: 256, height: 192, shardSize: 64, seed: 1 } as const;
export const smallWorldFlags = [
  ...['--width', '256', '--height', '192', '--shard-size', '64', '--seed', '1'],
  ...['--pace', 'unlimited'],
];

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** `colony local` as a process of its own. */
export class Launch {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(args: string[], command = [colonyBundle, 'local']) {
    this.process = spawn(process.execPath, [...command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout?.on('data', (part) => {
      this.stdout += part;
    });
    this.process.stderr?.on('data', (part) => {
      this.stderr += part;
    });
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get said(): string {
    return this.stdout + this.stderr;
  }

  /** Resolves with the match once it is printed; fails when the process ends before. */
  async until(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
    let isOver = false;
    this.ended.then(() => {
      isOver = true;
    });
    const match = () => pattern.exec(this.said);
    await eventually(`${pattern} is printed`, () => isOver || match() !== null, timeoutMs);
    const found = match();
    if (found === null) throw new Error(`It ended without ${pattern}:\n${this.said}`);
    return found;
  }

  /** Resolves with a client once the colony runs. */
  async running(): Promise<ApiClient> {
    const [, url = ''] = await this.until(/The colony is at (http:\S+)/);
    return new ApiClient(url);
  }

  /** Process ids of all its children. */
  children(): { pid: number; command: string }[] {
    return processes().filter(({ parent }) => parent === this.pid);
  }

  async interrupt(): Promise<Ended> {
    this.process.kill('SIGINT');
    return this.ended;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

function processes(): { pid: number; parent: number; command: string }[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** Sends a signal to a process that must be known: to process 0 it would go to the whole group of this one. */
export function signal(pid: number | null | undefined, name: NodeJS.Signals): void {
  if (!pid) throw new Error('the process is not known');
  process.kill(pid, name);
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.trim().startsWith('Z');
  } catch {
    return false;
  }
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`Not within ${timeoutMs} ms: ${what}`);
    await sleep(100);
  }
}

/** Digests up to a tick, once the colony has stored them. */
export async function digestsTo(client: ApiClient, tick: number): Promise<string[]> {
  await eventually(`tick ${tick} has its digest`, async () => {
    const digests = await client.digests().catch(() => []);
    return digests.some((entry) => entry.tick >= tick);
  });
  const digests = await client.digests();
  return digests.filter((d) => d.tick <= tick).map((d) => `${d.tick} ${d.digest}`);
}

/** A `colony` command, run to its end. */
export const colony = (...args: string[]) => colonyOn(process.execPath, ...args);

/** The same on another Node. */
export function colonyOn(node: string, ...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(node, [colonyBundle, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

/** Temporary data folders, and launches that must not outlive a test. */
export class Workbench {
  readonly #folders: string[] = [];
  readonly #launches: Launch[] = [];

  folder(): string {
    const parent = mkdtempSync(path.join(tmpdir(), 'colony-local-'));
    this.#folders.push(parent);
    return path.join(parent, 'data');
  }

  launch(args: string[], command?: string[]): Launch {
    const launch = new Launch(args, command);
    this.#launches.push(launch);
    return launch;
  }

  /** A small world on a free port, at full speed. */
  small(dataDir: string, ...more: string[]): Launch {
    return this.launch(['--port', '0', '--data-dir', dataDir, ...smallWorldFlags, ...more]);
  }

  async clear(): Promise<void> {
    for (const launch of this.#launches.splice(0)) {
      const children = launch.children();
      await launch.kill();
      await eventually('the children end', () => children.every(({ pid }) => !isAlive(pid)));
    }
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

/** All lines of all logs of a data folder, with the name of their file. */
export function logLines(dataDir: string): string[] {
  const folder = path.join(dataDir, 'logs');
  return readdirSync(folder).flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `${file}: ${line}`),
  );
}
