import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileSnapshotStore } from '../../../../services/platform/snapshots/file-snapshot-store.ts';

const bytes = Uint8Array.of(1, 2, 3);
const HOUR_MS = 3_600_000;

let folder: string;
let roots = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colony-file-faults-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const emptyRoot = () => join(folder, String(roots++));

/** Of an open that fails, or gives files whose writing does. */
const refusing =
  (code: string, where: 'open' | 'write' | 'sync'): typeof open =>
  async (...given) => {
    const refuse = () => Promise.reject(Object.assign(new Error(`${code}: no`), { code }));
    if (where === 'open') return refuse();
    const handle = await open(...given);
    if (where === 'write') handle.writeFile = refuse;
    else handle.sync = refuse;
    return handle;
  };

describe('what a disk refuses is STORE_UNAVAILABLE and said in one clear line', () => {
  test.each([
    ['ENOSPC', 'write', 'the disk of ROOT is full'],
    ['ENOSPC', 'sync', 'the disk of ROOT is full'],
    ['ENOSPC', 'open', 'the disk of ROOT is full'],
    ['EDQUOT', 'write', 'the disk of ROOT is full'],
    ['EROFS', 'open', 'ROOT must not be written to by this process'],
    ['EACCES', 'open', 'ROOT must not be written to by this process'],
    ['EIO', 'write', 'the files in ROOT cannot be used'],
  ] as const)('%s at %s', async (code, where, what) => {
    const root = emptyRoot();
    const store = new FileSnapshotStore(root, { open: refusing(code, where) });
    await expect(store.putIfAbsent('a/b', bytes)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `${what.replace('ROOT', root)}: ${code}: no`,
    });
  });

  test('and leaves nothing behind, so that there is room for the next one', async () => {
    const root = emptyRoot();
    const full = new FileSnapshotStore(root, { open: refusing('ENOSPC', 'write') });
    await expect(full.putIfAbsent('a/b', bytes)).rejects.toThrow('is full');
    expect(readdirSync(root)).toEqual([]);
    expect(await new FileSnapshotStore(root).putIfAbsent('a/b', bytes)).toBe(true);
  });

  test('also while reading', async () => {
    const root = emptyRoot();
    await new FileSnapshotStore(root).putIfAbsent('a', bytes);
    const store = new FileSnapshotStore(root, { open: refusing('EIO', 'open') });
    for (const reading of [store.get('a', 3), store.getRange('a', 0, 1)]) {
      await expect(reading).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
  });
});

describe('what killed processes left unfinished', () => {
  const nowMs = Date.parse('2030-01-01T12:00:00Z');
  const leave = (root: string, name: string, ageMs: number) => {
    writeFileSync(join(root, name), 'half');
    const at = new Date(nowMs - ageMs);
    utimesSync(join(root, name), at, at);
  };

  test('is removed when it is an hour old, and nothing else is', async () => {
    const root = emptyRoot();
    await new FileSnapshotStore(root).putIfAbsent('old', bytes);
    leave(root, 'old', 90 * HOUR_MS);
    leave(root, '.unfinished-old', HOUR_MS);
    leave(root, '.unfinished-new', HOUR_MS - 1000);
    const store = new FileSnapshotStore(root, { epochMs: () => nowMs });
    expect(await store.putIfAbsent('a', bytes)).toBe(true);
    expect(readdirSync(root).sort()).toEqual(['.unfinished-new', 'a', 'old']);
  });

  test('is looked for again after an hour, not at every object', async () => {
    const root = emptyRoot();
    let later = 0;
    const store = new FileSnapshotStore(root, { epochMs: () => nowMs + later });
    await store.putIfAbsent('a', bytes);
    leave(root, '.unfinished-x', HOUR_MS);
    later = HOUR_MS - 1;
    await store.putIfAbsent('b', bytes);
    expect(readdirSync(root)).toContain('.unfinished-x');
    later = HOUR_MS;
    await store.putIfAbsent('c', bytes);
    expect(readdirSync(root).sort()).toEqual(['a', 'b', 'c']);
  });
});
