import { targetNamed } from '../targets/targets.ts';
import { attempt } from './attempt.ts';
import { readCorpus } from './corpus.ts';

/** Runs what is in the corpora of some targets, and says what fails; answers an exit code. */
export async function replayCorpus(names: readonly string[]): Promise<number> {
  let [inputs, failures] = [0, 0];
  for (const name of names) {
    const target = await targetNamed(name).open();
    for (const { file, bytes } of readCorpus(name).inputs) {
      inputs++;
      try {
        await attempt(target, bytes);
      } catch (error) {
        failures++;
        console.log(`${file}: ${(error as Error).message}`);
      }
    }
    await target.close?.();
  }
  console.log(`${inputs} inputs, ${failures} failed`);
  return failures === 0 ? 0 : 1;
}
