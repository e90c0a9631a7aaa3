/*
 * npm run swarm: whole clusters on virtual time under faults, one after the other, each decided by its seed.
 * It exits with 1 if one of them violates an invariant. See command/options.ts for what can be asked for.
 */
import { createWriteStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort } from 'node:worker_threads';
import { type RunRequest, runMany } from './command/many.ts';
import { commandOf, type Options, parseOptions, USAGE } from './command/options.ts';
import { failureText, Tally } from './command/report.ts';
import { drawPlan } from './draw/plan.ts';
import { bundlePlanted } from './planted/plant.ts';
import { PLANTED } from './planted/present.ts';
import { findBugs } from './planted/search.ts';
import { PLANTED_BUGS } from './planted/table.ts';
import { runPlan } from './run.ts';
import { shrink } from './shrink/shrink.ts';

async function runOne({ from: seed, overrides, traceFile, shrinks }: Options): Promise<boolean> {
  const file = traceFile === undefined ? undefined : createWriteStream(traceFile);
  const plan = drawPlan(seed, overrides);
  console.log(`plan ${JSON.stringify({ ...plan, spec: { ...plan.spec, rules: undefined } })}`);
  const onLine = file && ((line: string) => void file.write(`${line}\n`));
  const outcome = await runPlan(plan, { onLine });
  file?.end();
  console.log(`trace ${outcome.trace}`);
  if (outcome.violation === undefined) return true;
  console.log(failureText(outcome, overrides));
  if (!shrinks) return false;
  const smallest = await shrink(
    seed,
    overrides,
    (smaller) => runPlan(drawPlan(seed, smaller)),
    (smaller) => console.log(`still fails: ${commandOf(seed, smaller)}`),
  );
  console.log(`smallest: ${failureText(smallest.outcome, smallest.overrides)}`);
  return false;
}

async function runAll({ from, seeds, overrides, workers }: Options): Promise<boolean> {
  const tally = new Tally();
  const startedMs = performance.now();
  await runMany({
    ...{ from, seeds, overrides },
    script: new URL(import.meta.url),
    workers: workers ?? availableParallelism(),
    onOutcome: (outcome) => {
      tally.add(outcome);
      if (outcome.violation !== undefined) console.log(failureText(outcome, overrides));
    },
  });
  console.log(tally.text(performance.now() - startedMs));
  return tally.failed === 0;
}

function findPlanted({ plant, workers, ...options }: Options): Promise<boolean> {
  const bugs = plant === undefined ? PLANTED_BUGS : [plant];
  const search = { ...options, workers: workers ?? availableParallelism() };
  return findBugs(bugs, search, (line) => console.log(line));
}

async function main(): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { plant } = options;
  if (options.findsPlanted) return (await findPlanted(options)) ? 0 : 1;
  if (plant !== undefined && PLANTED === undefined) {
    // The same command, by sources that have the bug: they run it as they are loaded.
    await import((await bundlePlanted(plant)).href);
    return Number(process.exitCode);
  }
  return (await (options.isSingle ? runOne : runAll)(options)) ? 0 : 1;
}

if (isMainThread) {
  process.exitCode = await main();
} else {
  // Nobody looks at the stacks of the errors that faults make, and they take a tenth of the time.
  Error.stackTraceLimit = 0;
  parentPort?.on('message', async ({ seed, overrides }: RunRequest) => {
    parentPort?.postMessage(await runPlan(drawPlan(seed, overrides)));
  });
}
