import { expect, test } from 'vitest';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryDisk } from '../../../support/store/memory-disk.ts';
import { Ledger, missingFrom, openOn, work } from '../../../support/store/store-workload.ts';

const MOMENTS = 200;
const STEPS = 20;

/** Runs until the power is cut at a random write, with a random part of it on the disk. */
async function cutAt(seed: number): Promise<{ disk: MemoryDisk; ledger: Ledger }> {
  const randomness = new SeededRandomness(seed);
  const moment = Math.floor(randomness.fraction() * 2 * STEPS);
  const disk = new MemoryDisk({
    faultOf: (write) => (write === moment ? 'power cut' : undefined),
    part: () => randomness.fraction(),
  });
  const ledger = new Ledger();
  const running = openOn(disk).then((store) => work(store, ledger, STEPS));
  while (!disk.isOff) await Promise.race([running, new Promise(setImmediate)]);
  return { disk, ledger };
}

test(`a power loss at ${MOMENTS} random moments loses nothing that was acknowledged`, async () => {
  for (let seed = 1; seed <= MOMENTS; seed++) {
    const { disk, ledger } = await cutAt(seed);
    const store = await openOn(disk.restarted());
    expect(await missingFrom(store, ledger), `seed ${seed}`).toEqual([]);
    await work(store, ledger, 2);
    expect(await missingFrom(store, ledger), `seed ${seed}, afterwards`).toEqual([]);
    await store.close();
  }
});
