import { Store } from '../../../services/local/store/store.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import type { MemoryDisk } from './memory-disk.ts';

/** A store on a disk in memory. */
export async function openOn(
  disk: Pick<MemoryDisk, 'place'>,
  {
    clock = new VirtualClock(),
    log = new MemoryLog(),
    mayMake = true,
    onLooked = () => {},
  }: {
    clock?: Clock;
    log?: MemoryLog;
    mayMake?: boolean;
    onLooked?: (entries: number) => void;
  } = {},
): Promise<Store> {
  const store = new Store({
    place: disk.place,
    mayMake,
    onLooked,
    clock,
    randomness: new SeededRandomness('store'),
    log,
    describe: async (error) => (error as Error).message,
  });
  await store.open();
  return store;
}

/** The key of the colony record of a test. */
export const RECORD = 'reef/record';
export const digestKey = (tick: number): string =>
  `reef/digest#i#${String(tick).padStart(12, '0')}`;

export const recordText = (revision: number): string =>
  JSON.stringify({
    status: 'TopographyInitialized',
    revision,
    generation: 3,
    colonyInstanceId: 'i',
    leader: { epoch: 5 },
  });

/** Writes a text, whatever is there. */
export const put = (store: Store, key: string, text: string): Promise<void> =>
  store.write(key, () => ({ put: text, answer: undefined }));

/** The key of a text that is removed again. */
const removedKey = (number: number): string => `reef/rows#i#${number}`;

/** What clients of a store were told, and what they asked for. */
export class Ledger {
  /** The highest revision that was acknowledged, and that was asked for. */
  acknowledged = 0;
  asked = 0;
  /** Ticks whose digest was acknowledged. */
  readonly ticks = new Set<number>();
  /** Keys of texts whose removal was acknowledged. */
  readonly removed = new Set<string>();
}

/**
 * Clients of a store that write at a time: one raises the record's revision by one again and again,
 * others add digests, one removes texts that it has put. Each ends at its first error, and all once the ledger has `steps` revisions.
 */
export async function work(store: Store, ledger: Ledger, steps: number): Promise<void> {
  const writer = async () => {
    for (let i = 0; i < steps; i++) {
      const next = ledger.acknowledged + 1;
      ledger.asked = next;
      await store.write(RECORD, () => ({ put: recordText(next), answer: undefined }));
      ledger.acknowledged = next;
    }
  };
  const appender = async (first: number) => {
    for (let i = 0; i < steps; i++) {
      const tick = (first + ledger.ticks.size * 3) * 100;
      await store.write(digestKey(tick), (stored) => ({
        ...(stored === undefined && { put: JSON.stringify({ tick }) }),
        answer: undefined,
      }));
      ledger.ticks.add(tick);
    }
  };
  const remover = async () => {
    for (let i = 0; i < steps / 2; i++) {
      const key = removedKey(ledger.removed.size);
      await put(store, key, 'for a moment');
      await store.write(key, () => ({ put: null, answer: undefined }));
      ledger.removed.add(key);
    }
  };
  await Promise.allSettled([writer(), appender(0), appender(1), remover()]);
}

/** What of the ledger a store has not: nothing, if it lost none of what it acknowledged. */
export async function missingFrom(store: Store, ledger: Ledger): Promise<string[]> {
  const text = await store.get(RECORD);
  const revision = text === undefined ? 0 : (JSON.parse(text) as { revision: number }).revision;
  const isRight = revision >= ledger.acknowledged && revision <= Math.max(ledger.asked, 0);
  const missing = isRight ? [] : [`revision ${ledger.acknowledged}, it has ${revision}`];
  for (const tick of ledger.ticks) {
    const stored = await store.get(digestKey(tick));
    if (stored !== JSON.stringify({ tick })) missing.push(`tick ${tick}`);
  }
  for (const key of ledger.removed) {
    if ((await store.get(key)) !== undefined) missing.push(`the removal of ${key}`);
  }
  return missing;
}
