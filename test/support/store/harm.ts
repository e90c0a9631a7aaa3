import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { bundle } from '../bundle.ts';
import type { DamageReport } from './damaged-store.child.ts';
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

/** What a store that holds the newest state tells. */
const NEWEST: DamageReport = {
  type: 'opened',
  record: recordText(LIVES * REVISIONS),
  digests: DIGESTS,
  large: Array.from({ length: LIVES }, () => LARGE_TEXT),
};
const CHILD = 'test/support/store/damaged-store.child.ts';

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

/**
 * Opens stores in a process of its own, and the rest in another one after each that ended the process: an
 * assertion of LevelDB does so with some damage. Answers undefined for those.
 */
async function openAll(dataDirs: readonly string[]): Promise<(DamageReport | undefined)[]> {
  const child = await bundle(CHILD, { packages: 'external' });
  const outcomes: (DamageReport | undefined)[] = [];
  while (outcomes.length < dataDirs.length) {
    const rest = dataDirs.slice(outcomes.length);
    const opening = spawn(process.execPath, [child, ...rest], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      opening[stream].setEncoding('utf8').on('data', (text) => {
        said[stream] += text;
      });
    }
    const [code, signal] = await once(opening, 'close');
    const lines = said.stdout.split('\n').filter((line) => line !== '');
    outcomes.push(...lines.map((line): DamageReport => JSON.parse(line)));
    if (code === 0) break;
    if (signal !== 'SIGABRT') throw new Error(`${code ?? signal}: ${said.stderr}`);
    outcomes.push(undefined);
  }
  return outcomes;
}

/**
 * Harms copies of a filled store at random places, one each, and opens them: what is opened is the
 * newest state, or it is refused and unchanged. Answers how many were refused; seeds are in what fails.
 */
export async function harmAtRandom(whole: string, places: number): Promise<number> {
  const cases = Array.from({ length: places }, (_, i) => {
    const seed = i + 1;
    const randomness = new SeededRandomness(`damage ${seed}`);
    const random = () => randomness.fraction();
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const dataDir = `${whole}-${seed}`;
    cpSync(whole, dataDir, { recursive: true });
    const file = pick(Object.keys(filesIn(dataDir)));
    const harm = pick(Object.keys(HARMS));
    HARMS[harm]?.(path.join(dataDir, file), random);
    return { dataDir, where: `seed ${seed}: ${harm} in ${file}`, before: filesIn(dataDir) };
  });
  const outcomes = await openAll(cases.map(({ dataDir }) => dataDir));
  let refused = 0;
  for (const [i, { dataDir, where, before }] of cases.entries()) {
    const report = outcomes[i];
    if (report?.type === 'opened') {
      expect(report, where).toEqual(NEWEST);
    } else {
      refused++;
      if (report !== undefined)
        expect(report, where).toEqual({ type: 'refused', by: 'StoreRefusal' });
      expect(dataOf(filesIn(dataDir)), where).toEqual(dataOf(before));
    }
    rmSync(dataDir, { recursive: true });
  }
  return refused;
}

/** Without the copy that a process which was ended leaves; the next look at the store removes it. */
const dataOf = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([file]) => !file.startsWith('store.copy')));
