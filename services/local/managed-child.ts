import { type ChildProcess, fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Clock } from '../platform/runtime/clock.ts';
import { isDoneWithin } from '../platform/runtime/deadline.ts';
import { lastLogLines, openChildLog } from './child-log.ts';
import { KEEPS_FAILING_AFTER, restartAfter } from './restart-policy.ts';

export type Role = 'store' | 'coordinator' | 'backend';

/** What is done after its end is waited for so long. */
export const AFTER_END_MS = 1_000;

/** What is needed to start a process, and to start it again. */
export interface ChildPlan {
  role: Role;
  /** From 1. */
  number: number;
  /** The bundle to run. */
  script: string;
  /** Options of Node. @default none */
  nodeFlags?: readonly string[];
  /** Its whole environment. */
  env: NodeJS.ProcessEnv;
  logFile: string;
}

export interface ChildEvents {
  /** A line for people: it died, it is back. */
  onLine(text: string): void;
  /** It died KEEPS_FAILING_AFTER times in a row, or oftener. */
  onKeepsFailing(report: string): void;
  onMessage(message: unknown): void;
  /**
   * It ended without being told to; undefined if it ended with a code. It is started again once this is done,
   * and within a second in any case.
   */
  onEnd?(signal: NodeJS.Signals | undefined): Promise<void>;
}

/** One process that is started again when it dies, until it is told to stop. */
export class ManagedChild {
  readonly name: string;
  #plan: ChildPlan;
  readonly #clock: Clock;
  readonly #events: ChildEvents;
  readonly #stop = new AbortController();
  #process: ChildProcess | undefined;
  #deaths = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(plan: ChildPlan, clock: Clock, events: ChildEvents) {
    this.#plan = plan;
    this.#clock = clock;
    this.#events = events;
    this.name = `${plan.role} ${plan.number}`;
  }

  get role(): Role {
    return this.#plan.role;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Changes the environment that the next start gets. */
  setEnv(more: NodeJS.ProcessEnv): void {
    this.#plan = { ...this.#plan, env: { ...this.#plan.env, ...more } };
  }

  start(): void {
    const { script, nodeFlags = [], env, logFile } = this.#plan;
    const log = openChildLog(logFile);
    const startedMs = this.#clock.nowMs();
    // Of its own process group: a Ctrl-C of the terminal reaches the launcher alone, which stops
    // its children in order. The channel ends with the launcher, and the child with the channel.
    const child = fork(script, [], {
      env,
      detached: true,
      execArgv: ['--enable-source-maps', ...nodeFlags],
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#process = child;
    child.on('message', (message) => this.#events.onMessage(message));
    this.#ended = new Promise((resolve) => {
      const onEnd = (how: string, after: Promise<void> = Promise.resolve()) => {
        if (this.#process !== child) return;
        this.#process = undefined;
        resolve();
        if (this.#stop.signal.aborted) return;
        this.#restart(child.pid, how, this.#clock.nowMs() - startedMs, after);
      };
      child.once('exit', (code, signal) => {
        const isTold = this.#stop.signal.aborted;
        const done = isTold ? undefined : this.#events.onEnd?.(signal ?? undefined);
        const after = done?.catch(() => undefined);
        onEnd(signal === null ? `ended with code ${code}` : `was ended by ${signal}`, after);
      });
      child.once('error', (error) => {
        if (child.pid === undefined) onEnd(`could not be started: ${error.message}`);
      });
    });
  }

  #restart(pid: number | undefined, how: string, uptimeMs: number, after: Promise<void>): void {
    const { deaths, delayMs } = restartAfter(this.#deaths, uptimeMs);
    this.#deaths = deaths;
    const who = `${this.name}${pid === undefined ? '' : ` (pid ${pid})`}`;
    this.#events.onLine(`${who} ${how}, starting it again in ${delayMs} ms`);
    Promise.all([
      this.#clock.sleep(delayMs, this.#stop.signal),
      isDoneWithin(this.#clock, AFTER_END_MS, after, this.#stop.signal),
    ]).then(
      () => this.start(),
      () => {},
    );
    if (deaths >= KEEPS_FAILING_AFTER) this.#events.onKeepsFailing(this.#report(how));
  }

  #report(how: string): string {
    const { logFile } = this.#plan;
    const tail = lastLogLines(logFile, 10).map((line) => `    ${line}`);
    return [`${this.name} keeps failing: it ${how} (${logFile})`, ...tail].join('\n');
  }

  /** Asks it to end, and never starts it again; resolves when it is gone. */
  stop(signal: NodeJS.Signals): Promise<void> {
    this.#stop.abort();
    this.#process?.kill(signal);
    return this.#ended;
  }

  /**
   * Lets it end by itself for so long, then kills it; never starts it again. Resolves when it is gone:
   * whether it was in time.
   */
  async retire(patienceMs: number): Promise<boolean> {
    const ended = this.stop('SIGTERM');
    const isInTime = await isDoneWithin(this.#clock, patienceMs, ended);
    if (!isInTime) this.#process?.kill('SIGKILL');
    await ended;
    return isInTime;
  }
}
