import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { History } from './clients/history.ts';

const SOURCES = path.resolve('test/linearizability/checker');
const run = promisify(execFile);

/** What the checker says of one history; see `checker/check.go`. */
export interface Verdict {
  history: string;
  verdict: 'ok' | 'illegal' | 'unknown';
  form: 'plain' | 'moments';
  calls: number;
  open: number;
  clients: number;
  milliseconds: number;
  evidence?: string[];
}

/** Why there can be no verdicts here; undefined if there can. */
export async function whyNoGo(): Promise<string | undefined> {
  try {
    await run('go', ['version']);
    return undefined;
  } catch {
    return 'Go is not installed: histories are judged by a program in Go (1.23 or newer), see https://go.dev/dl';
  }
}

/** The checker, built in a folder of its own. */
export class Checker {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'colony-checker-'));

  get #program(): string {
    return path.join(this.#folder, 'linearizability');
  }

  /** Fetches what it needs, and builds it. */
  async build(): Promise<this> {
    await run('go', ['build', '-o', this.#program, '.'], { cwd: SOURCES });
    return this;
  }

  /** The tests of the checker itself; throws with what they said. */
  async testItself(): Promise<void> {
    await run('go', ['test', '-count=1', './...'], { cwd: SOURCES }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(`${error.stdout}\n${error.stderr}`);
      },
    );
  }

  /**
   * @param o.visualize where to draw the shortest illegal beginning.
   * @param o.timeoutSeconds for each history. @default 120
   */
  async judge(
    histories: readonly History[],
    o: { visualize?: string | undefined; timeoutSeconds?: number } = {},
  ): Promise<Verdict[]> {
    const file = path.join(this.#folder, 'histories.jsonl');
    writeFileSync(file, histories.map((history) => history.text()).join(''));
    const drawn = o.visualize === undefined ? [] : ['-visualize', o.visualize];
    const timeout = ['-timeout', `${o.timeoutSeconds ?? 120}s`];
    const said = await run(this.#program, [...timeout, ...drawn, file], {
      maxBuffer: 2 ** 26,
    }).catch((error: { code?: number; stdout: string; stderr: string }) => {
      // 1: it has judged, and not all is good.
      if (error.code === 1) return error;
      throw error;
    });
    return said.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
