import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EngineDamaged, EngineLocked } from '../../../../services/local/store/engine.ts';
import { LevelEngine } from '../../../../services/local/store/level-engine.ts';

let parent = '';
let folder = '';
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'colony-level-'));
  folder = path.join(parent, 'store');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);

test('every batch is synced', async () => {
  const batch = vi.spyOn(ClassicLevel.prototype, 'batch');
  const engine = await LevelEngine.open(folder, { create: true });
  await engine.write([['a', bytes('1')]]);
  await engine.write([['b', bytes('2')]]);
  expect(batch).toHaveBeenCalledTimes(2);
  expect(batch).toHaveBeenNthCalledWith(1, expect.anything(), { sync: true });
  expect(batch).toHaveBeenNthCalledWith(2, expect.anything(), { sync: true });
  batch.mockRestore();
  await engine.close();
});

test('entries come back by key, from a key on, up to another, and backwards', async () => {
  const engine = await LevelEngine.open(folder, { create: true });
  await engine.write(['c', 'a', 'd', 'b'].map((key) => [key, bytes(key)] as const));
  const keys = async (range: { limit: number; reverse: boolean }) =>
    (await engine.range({ from: 'b', before: 'd', ...range })).map(([key]) => key);
  expect(await keys({ limit: 9, reverse: false })).toEqual(['b', 'c']);
  expect(await keys({ limit: 1, reverse: true })).toEqual(['c']);
  expect(Buffer.from((await engine.get('a')) ?? []).toString()).toBe('a');
  expect(await engine.get('e')).toBeUndefined();
  const all: string[] = [];
  for await (const portion of engine.portions()) all.push(...portion.map(([key]) => key));
  expect(all).toEqual(['a', 'b', 'c', 'd']);
  await engine.close();
});

test('a folder that another one has open is told from a damaged one', async () => {
  const engine = await LevelEngine.open(folder, { create: true });
  await expect(LevelEngine.open(folder, { create: false })).rejects.toBeInstanceOf(EngineLocked);
  await engine.close();
  rmSync(path.join(folder, 'CURRENT'));
  await expect(LevelEngine.open(folder, { create: false })).rejects.toBeInstanceOf(EngineDamaged);
});
