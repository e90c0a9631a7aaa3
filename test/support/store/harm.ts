import {
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { StoreRefusal } from '../../../services/local/store/refusal.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { filesIn, openStoreIn } from './disk-store.ts';
import { digestKey, put, RECORD, recordText } from './store-workload.ts';

const REVISIONS = 25;
const LIVES = 3;
const LARGE_TEXT = JSON.stringify({ text: 'topology '.repeat(2_000) });
const DIGESTS = Array.from({ length: LIVES * REVISIONS }, (_, i) =>
  JSON.stringify({ tick: i + 1 }),
);

/** A data folder with a store that was opened several times: LevelDB makes a table of its log then. */
export async function fillStore(dataDir: string): Promise<void> {
  mkdirSync(dataDir);
  for (let life = 0; life < LIVES; life++) {
    const store = await openStoreIn(dataDir);
    for (let i = 1; i <= REVISIONS; i++) {
      const revision = life * REVISIONS + i;
      await put(store, RECORD, recordText(revision));
      await put(store, digestKey(revision), JSON.stringify({ tick: revision }));
    }
    await put(store, `reef/topology#${life}`, LARGE_TEXT);
    await store.close();
  }
}

type Harm = (file: string, random: () => number) => void;

const HARMS: Record<string, Harm> = {
  'a flipped bit': (file, random) => {
    const bytes = readFileSync(file);
    if (bytes.length === 0) return;
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    writeFileSync(file, bytes);
  },
  'a cut end': (file, random) => truncateSync(file, Math.floor(random() * statSync(file).size)),
  'a page of zeros': (file, random) => {
    const bytes = readFileSync(file);
    const at = Math.floor(random() * bytes.length);
    writeFileSync(file, bytes.fill(0, at, Math.min(bytes.length, at + 512)));
  },
  'a file that is gone': (file) => rmSync(file),
};

/** Whether a copy that was harmed is opened; fails if it is opened with any other than the newest state. */
async function isOpened(dataDir: string, where: string): Promise<boolean> {
  const before = filesIn(dataDir);
  try {
    const store = await openStoreIn(dataDir);
    expect(await store.get(RECORD), where).toBe(recordText(LIVES * REVISIONS));
    const range = { from: 'reef/digest', before: 'reef/e', limit: 1_000, reverse: false };
    expect(await store.list(range), where).toEqual(DIGESTS);
    for (let life = 0; life < LIVES; life++) {
      expect(await store.get(`reef/topology#${life}`), where).toBe(LARGE_TEXT);
    }
    await store.close();
    return true;
  } catch (error) {
    expect(error, where).toBeInstanceOf(StoreRefusal);
    expect(filesIn(dataDir), where).toEqual(before);
    return false;
  }
}

/**
 * Harms copies of a filled store at random places, one each, and opens them: what is opened is the
 * newest state, or it is refused and unchanged. Answers how many were refused; seeds are in what fails.
 */
export async function harmAtRandom(whole: string, places: number): Promise<number> {
  let refused = 0;
  for (let seed = 1; seed <= places; seed++) {
    const randomness = new SeededRandomness(`damage ${seed}`);
    const random = () => randomness.fraction();
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const dataDir = `${whole}-${seed}`;
    cpSync(whole, dataDir, { recursive: true });
    const file = pick(Object.keys(filesIn(dataDir)));
    const harm = pick(Object.keys(HARMS));
    HARMS[harm]?.(path.join(dataDir, file), random);
    if (!(await isOpened(dataDir, `seed ${seed}: ${harm} in ${file}`))) refused++;
    rmSync(dataDir, { recursive: true });
  }
  return refused;
}
