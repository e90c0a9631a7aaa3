import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SeededRandomness } from '../simulation/seeded-randomness.ts';
import { openStoreIn } from '../support/store/disk-store.ts';
import { put, RECORD, recordText } from '../support/store/store-workload.ts';

/** A batch of LevelDB that spans several blocks of its log, so that it can be cut off within one. */
const LARGE = JSON.stringify({ text: 'x'.repeat(80_000) });
const MOMENTS = 70;

const parent = mkdtempSync(path.join(tmpdir(), 'colony-power-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const logOf = (dataDir: string): string => {
  const log = readdirSync(path.join(dataDir, 'store')).find((file) => /^\d+\.log$/.test(file));
  return path.join(dataDir, 'store', log ?? '');
};

/** A folder as it is on the disk after what was acknowledged, and what the next batch adds to the log. */
async function acknowledgedAndNext() {
  const dataDir = path.join(parent, 'data');
  mkdirSync(dataDir);
  const store = await openStoreIn(dataDir);
  await put(store, RECORD, recordText(1));
  await put(store, 'reef/spec#1', LARGE);
  const acknowledged = path.join(parent, 'acknowledged');
  cpSync(dataDir, acknowledged, { recursive: true });
  const synced = readFileSync(logOf(acknowledged)).length;
  await Promise.all([put(store, RECORD, recordText(2)), put(store, 'reef/spec#2', LARGE)]);
  const next = readFileSync(logOf(dataDir)).subarray(synced);
  await store.close();
  return { acknowledged, next };
}

test.each([
  ['a part of the next batch', (part: Buffer) => part],
  [
    'a part of it and zeros',
    (part: Buffer, whole: Buffer) =>
      Buffer.concat([part, Buffer.alloc(whole.length - part.length)]),
  ],
  [
    'all of it but zeros in its middle',
    (part: Buffer, whole: Buffer) =>
      Buffer.from(whole).fill(0, Math.floor(part.length / 2), part.length),
  ],
])('a power loss that leaves %s on the disk loses nothing acknowledged', async (name, written) => {
  const { acknowledged, next } = await acknowledgedAndNext();
  for (let moment = 1; moment <= MOMENTS; moment++) {
    const randomness = new SeededRandomness(`${name} ${moment}`);
    const dataDir = path.join(parent, `cut-${moment}`);
    cpSync(acknowledged, dataDir, { recursive: true });
    const part = next.subarray(0, Math.floor(randomness.fraction() * next.length));
    appendFileSync(logOf(dataDir), written(part, next));
    const store = await openStoreIn(dataDir);
    const where = `moment ${moment}`;
    expect(await store.get('reef/spec#1'), where).toBe(LARGE);
    const record = await store.get(RECORD);
    expect([recordText(1), recordText(2)], where).toContain(record);
    await put(store, RECORD, recordText(3));
    await store.close();
    const again = await openStoreIn(dataDir);
    expect(await again.get(RECORD), where).toBe(recordText(3));
    await again.close();
    rmSync(dataDir, { recursive: true });
  }
  for (const folder of ['data', 'acknowledged']) {
    rmSync(path.join(parent, folder), { recursive: true });
  }
});
