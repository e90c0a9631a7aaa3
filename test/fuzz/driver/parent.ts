import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addToCorpus } from './corpus.ts';
import { type ChildReport, type ChildTask, STATE_HEADER_BYTES } from './messages.ts';

/** How the runs of one target went. */
export interface TargetReport {
  target: string;
  runs: number;
  outcomes: Map<string, number>;
  seconds: number;
  failed?: { seed: number; why: string; file: string | undefined };
}

/** So long for one input is a hang, and not a machine that is busy. */
const HANG_MS = 60_000;
const LOOK_MS = 1_000;

/** Beside what it takes to tell what one run has allocated, an end to what a child may take. */
const CHILD_FLAGS = [
  ...['--expose-gc', '--max-semi-space-size=64', '--max-old-space-size=1024'],
  '--enable-source-maps',
];

/**
 * Fuzzes one target in a child of its own, and finds out what became of it.
 *
 * @param script is run with `--child` and the task in JSON.
 */
export async function fuzzTarget(
  script: string,
  { target, seed, ms, runs }: Omit<ChildTask, 'stateFile'>,
): Promise<TargetReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'colony-fuzz-'));
  const stateFile = path.join(folder, 'input');
  writeFileSync(stateFile, Buffer.alloc(STATE_HEADER_BYTES));
  const report: TargetReport = { target, runs: 0, outcomes: new Map(), seconds: 0 };
  const startedMs = performance.now();
  let present = seed;
  const task: ChildTask = { target, seed, ms, runs, stateFile };
  const child = fork(script, ['--child', JSON.stringify(task)], { execArgv: CHILD_FLAGS });
  child.on('message', (message: ChildReport) => {
    present = message.seed;
    if (message.type === 'began') return;
    report.runs += message.runs;
    for (const [outcome, count] of message.outcomes) {
      report.outcomes.set(outcome, (report.outcomes.get(outcome) ?? 0) + count);
    }
    if (message.failed !== undefined) report.failed = { seed: present, ...message.failed };
  });
  try {
    const end = await endOf(child, stateFile);
    if (end !== undefined && report.failed === undefined) {
      const input = inputIn(stateFile);
      const file = input && addToCorpus(target, input);
      report.failed = { seed: present, why: end, file };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  report.seconds = (performance.now() - startedMs) / 1000;
  return report;
}

/** Resolves once the child is gone: with why, if it did not end as it should. */
function endOf(child: ChildProcess, stateFile: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let [seen, sinceMs, isHung] = [-1, performance.now(), false];
    const watch = setInterval(() => {
      const now = readFileSync(stateFile).readUInt32LE(0);
      if (now !== seen) [seen, sinceMs] = [now, performance.now()];
      else if (performance.now() - sinceMs > HANG_MS) {
        isHung = true;
        child.kill('SIGKILL');
      }
    }, LOOK_MS);
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      if (isHung) resolve(`it hangs: nothing for ${HANG_MS / 1000} s`);
      else
        resolve(code === 0 ? undefined : `its process ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}

function inputIn(stateFile: string): Uint8Array | undefined {
  const bytes = readFileSync(stateFile);
  if (bytes.readUInt32LE(0) === 0) return undefined;
  const length = bytes.readUInt32LE(4);
  return new Uint8Array(bytes.subarray(STATE_HEADER_BYTES, STATE_HEADER_BYTES + length));
}
