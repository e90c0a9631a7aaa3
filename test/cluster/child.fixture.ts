import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ApiClient } from '../../services/cli/client/api-client.ts';

/** One process, started from its bundle. */
export class Child {
  readonly name: string;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  readonly #process: ChildProcess;
  readonly logFile: string;
  #hasEnded = false;

  constructor(name: string, script: string, env: NodeJS.ProcessEnv, logFile: string) {
    this.name = name;
    this.logFile = logFile;
    const log = openSync(logFile, 'a');
    this.#process = fork(path.resolve('dist', `${script}.js`), [], {
      env: { PATH: process.env['PATH'], ...env },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => {
        this.#hasEnded = true;
        resolve(signal ?? code);
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The first message of a kind that it sends; fails if it ends before. */
  report(isIt: (message: unknown) => boolean = () => true): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#process.on('message', (message) => isIt(message) && resolve(message));
      void this.ended.then((how) => {
        const said = readFileSync(this.logFile, 'utf8').slice(-1_000);
        reject(new Error(`${this.name} ended at once: ${how}\n${said}`));
      });
    });
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#process.kill(name);
  }

  /** kill -9; a stopped process ends by it too. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** A process with a socket. */
export class Service extends Child {
  port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Of its public HTTP API. */
  get api(): ApiClient {
    return new ApiClient(this.url);
  }

  async listening(): Promise<this> {
    this.port = ((await this.report()) as { port: number }).port;
    return this;
  }

  /** One colony-start: its HTTP status and body. */
  async start(key: string, waitSeconds = 0): Promise<{ status: number; body: StartBody }> {
    const query = new URLSearchParams({ idempotency_key: key, wait: String(waitSeconds) });
    const answer = await fetch(`${this.url}/colony-start?${query}`, { method: 'POST' });
    return { status: answer.status, body: (await answer.json()) as StartBody };
  }

  /** What `/healthz` says. */
  async health(): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5_000) });
    return (await answer.json()) as Record<string, unknown>;
  }
}

export interface StartBody {
  status: string | number;
  code?: string;
  colonyInstanceId?: string;
  generation?: number;
  lastFailure?: { code: string; key: string };
}
