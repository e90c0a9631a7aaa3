import { openSync, writeSync } from 'node:fs';
import { targetNamed } from '../targets/targets.ts';
import { runBatch } from './batch.ts';
import { openChecked } from './check.ts';
import { addToCorpus } from './corpus.ts';
import { type ChildReport, type ChildTask, STATE_HEADER_BYTES } from './messages.ts';

/** Runs between two collections: with so few, none comes by itself in the midst of a run. */
const COLLECT_EVERY = 200;

const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

/**
 * Runs batches of each target until its time is over, in a process that may end or hang: before each run it notes the
 * input in a file, where its parent finds the one that did it.
 */
export async function runChild(
  task: ChildTask,
  tell: (report: ChildReport) => void,
): Promise<void> {
  const state = openSync(task.stateFile, 'r+');
  const head = Buffer.alloc(STATE_HEADER_BYTES);
  let begun = 0;
  const onInput = (input: Uint8Array) => {
    head.writeUInt32LE(++begun, 0);
    head.writeUInt32LE(input.length, 4);
    writeSync(state, Buffer.concat([head, input]), 0, STATE_HEADER_BYTES + input.length, 0);
    // What one run leaves behind is not what the next one has taken.
    if (begun % COLLECT_EVERY === 0) collect();
  };
  for (const target of task.targets) {
    const endMs = performance.now() + task.ms;
    for (let batch = 0; batch === 0 || performance.now() < endMs; batch++) {
      const seed = (task.seed + batch) | 0;
      tell({ type: 'began', target, seed });
      const startedMs = performance.now();
      const open = await openChecked(targetNamed(target));
      const { runs, outcomes, failed } = await runBatch(open, { seed, runs: task.runs, onInput });
      await open.close?.();
      const found = failed && { why: failed.why, file: addToCorpus(target, failed.input) };
      const ms = performance.now() - startedMs;
      const told = { target, seed, runs, ms, outcomes: [...outcomes] };
      tell({ type: 'ended', ...told, ...(found && { failed: found }) });
      if (failed !== undefined) break;
    }
  }
}
