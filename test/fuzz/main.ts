/*
 * npm run fuzz: gives inputs that strangers, broken disks and other builds could send to everything that reads them,
 * and exits with 1 if one leads to an error that is not documented, a hang, or more memory than the input accounts for.
 *
 *   npm run fuzz -- [--minutes N] [--target NAME] [--seed S] [--runs N] [--replay]
 *
 * The minutes are shared among the targets, two at a time. The input of a failure is made smaller and put into
 * test/fuzz/corpus/, which the tests of the project "integration" replay; --replay does only that.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChild } from './driver/child.ts';
import type { ChildTask } from './driver/messages.ts';
import { fuzzTargets, type TargetReport } from './driver/parent.ts';
import { replayCorpus } from './driver/replay.ts';
import { TARGETS } from './targets/targets.ts';

/** Of one batch: what its runs have in common is made anew after so many. */
const BATCH_RUNS = 500;

/** Targets are run two at a time. */
const WORKERS = Math.max(1, Math.min(2, availableParallelism()));

function lineOf({ target, runs, ms, outcomes }: TargetReport): string {
  const told = [...outcomes].sort(([, a], [, b]) => b - a).slice(0, 5);
  const shares = told.map(([what, count]) => `${what} ${((100 * count) / runs).toFixed(0)} %`);
  const seconds = (ms / 1000).toFixed(1);
  return `${target.padEnd(18)} ${String(runs).padStart(8)} runs ${seconds.padStart(6)} s   ${shares.join(', ')}`;
}

async function fuzzAll(names: readonly string[], task: Omit<ChildTask, 'targets' | 'stateFile'>) {
  const script = fileURLToPath(import.meta.url);
  const reports: TargetReport[] = [];
  const onReport = (report: TargetReport) => {
    console.log(lineOf(report));
    reports.push(report);
  };
  const shares = Array.from({ length: WORKERS }, (_, worker) =>
    names.filter((_name, index) => index % WORKERS === worker),
  );
  await Promise.all(shares.map((targets) => fuzzTargets(script, { ...task, targets }, onReport)));
  return reports;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      target: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      runs: { type: 'string', default: String(BATCH_RUNS) },
      replay: { type: 'boolean', default: false },
    },
  });
  const names = TARGETS.map(({ name }) => name).filter((name) => (values.target ?? name) === name);
  if (names.length === 0) throw new Error(`no target is named ${values.target}`);
  if (values.replay) return replayCorpus(names);
  const seed = Number(values.seed);
  const ms = (Number(values.minutes) * 60_000 * Math.min(WORKERS, names.length)) / names.length;
  console.log(`seed ${seed}, ${names.length} targets, ${(ms / 1000).toFixed(1)} s each`);
  const reports = await fuzzAll(names, { seed, ms, runs: Number(values.runs) });
  const runs = reports.reduce((sum, report) => sum + report.runs, 0);
  const failed = reports.filter((report) => report.failed !== undefined);
  console.log(`\n${runs} runs, ${failed.length} targets failed`);
  for (const { target, failed: fault } of failed) {
    console.log(`\n${target}: ${fault?.why}`);
    console.log(`  input: ${fault?.file ?? 'none, it failed before its first run'}`);
    console.log(`  again: npm run fuzz -- --target ${target} --seed ${fault?.seed} --minutes 0`);
  }
  return failed.length === 0 ? 0 : 1;
}

const [mode, task] = process.argv.slice(2);
if (mode === '--child') {
  await runChild(JSON.parse(task ?? '') as ChildTask, (report) => process.send?.(report));
  // Whatever a target left running.
  process.exit(0);
} else {
  process.exitCode = await main();
}
