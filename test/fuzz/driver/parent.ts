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
  ms: number;
  failed?: { seed: number; why: string; file: string | undefined };
}

/** So long for one input is a hang, and not a machine that is busy. */
const HANG_MS = 60_000;
const LOOK_MS = 1_000;

/** Beside what it takes to tell what one run has allocated, an end to what a child may take. */
const CHILD_FLAGS = ['--expose-gc', '--max-semi-space-size=64', '--max-old-space-size=1024'];

/**
 * Fuzzes targets one after the other in a child, and in another one from where a child ended or hung.
 *
 * @param script is run with `--child` and the task in JSON.
 * @param onReport is told of each target once it is done.
 */
export async function fuzzTargets(
  script: string,
  task: Omit<ChildTask, 'stateFile'>,
  onReport: (report: TargetReport) => void,
): Promise<void> {
  let left = [...task.targets];
  while (left.length > 0) {
    const done = await runOneChild(script, { ...task, targets: left }, onReport);
    left = left.slice(left.indexOf(done) + 1);
  }
}

/** Answers the last target of which it has reported. */
async function runOneChild(
  script: string,
  task: Omit<ChildTask, 'stateFile'>,
  onReport: (report: TargetReport) => void,
): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'colony-fuzz-'));
  const stateFile = path.join(folder, 'input');
  writeFileSync(stateFile, Buffer.alloc(STATE_HEADER_BYTES));
  let seed = task.seed;
  let report = emptyReport(task.targets[0] ?? '');
  const child = fork(script, ['--child', JSON.stringify({ ...task, stateFile })], {
    execArgv: CHILD_FLAGS,
  });
  child.on('message', (message: ChildReport) => {
    if (message.target !== report.target) {
      onReport(report);
      report = emptyReport(message.target);
    }
    seed = message.seed;
    if (message.type === 'ended') add(report, message);
  });
  try {
    const why = await endOf(child, stateFile);
    if (why !== undefined && report.failed === undefined) {
      const input = inputIn(stateFile);
      report.failed = { seed, why, file: input && addToCorpus(report.target, input) };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  onReport(report);
  return report.target;
}

const emptyReport = (target: string): TargetReport => ({
  ...{ target, runs: 0, outcomes: new Map(), ms: 0 },
});

function add(report: TargetReport, batch: Extract<ChildReport, { type: 'ended' }>): void {
  report.runs += batch.runs;
  report.ms += batch.ms;
  for (const [outcome, count] of batch.outcomes) {
    report.outcomes.set(outcome, (report.outcomes.get(outcome) ?? 0) + count);
  }
  if (batch.failed !== undefined) report.failed = { seed: batch.seed, ...batch.failed };
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
    child.once('close', (code, signal) => {
      clearInterval(watch);
      const how = signal ?? `exit code ${code}`;
      if (isHung) resolve(`it hangs: nothing for ${HANG_MS / 1000} s`);
      else resolve(code === 0 ? undefined : `its process ended with ${how}`);
    });
  });
}

function inputIn(stateFile: string): Uint8Array | undefined {
  const bytes = readFileSync(stateFile);
  if (bytes.readUInt32LE(0) === 0) return undefined;
  const length = bytes.readUInt32LE(4);
  return new Uint8Array(bytes.subarray(STATE_HEADER_BYTES, STATE_HEADER_BYTES + length));
}
