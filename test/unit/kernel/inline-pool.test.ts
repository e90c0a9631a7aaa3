import { expect, test } from 'vitest';
import { InlinePool } from '../../../services/kernel/inline-pool.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { digestOf } from '../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { specOf } from '../world/worlds.ts';

const spec = specOf({ width: 64, height: 16, shardSize: 16 });

/** Four blocks in a row, of which others wait for the first two. */
function createPool(yieldToIo: () => Promise<void> = async () => {}) {
  const engine = new ReferenceEngine();
  const stop = new AbortController();
  const blocks = [0, 16, 32, 48].map((x) =>
    engine.createBlock({
      ...{ x, y: 0, width: 16, height: 16, halo: 3 },
      ...{ worldWidth: 64, worldHeight: 16 },
    }),
  );
  const plan = { spec, blocks, awaited: 2 };
  const pool = new InlinePool(engine, plan, { signal: stop.signal, yieldToIo });
  return { pool, blocks, stop };
}

const step = { tick: 0, rules: DEFAULT_RULES };

test('blocks that others wait for are told to be done before the others are', async () => {
  const { pool, blocks } = createPool();
  await pool.writeGenesis();
  const before = blocks.map(digestOf);
  let seen: bigint[] = [];
  const onAwaited = () => {
    seen = blocks.map(digestOf);
  };
  expect(await pool.step({ ...step, onAwaited })).toBe(true);
  const after = blocks.map(digestOf);
  expect(seen).toEqual([...after.slice(0, 2), ...before.slice(2)]);
});

test('it lets other work in after each block, and ends there when it is told to', async () => {
  let turns = 0;
  const { pool, stop } = createPool(async () => {
    turns++;
    if (turns === 6) stop.abort();
  });
  expect(await pool.writeGenesis()).toBe(true);
  expect(turns).toBe(4);
  expect(await pool.step(step)).toBe(false);
  expect(pool.blocksDone).toBe(2);
  expect(await pool.measure(0, true)).toBeUndefined();
  expect(await pool.survey(0)).toBeUndefined();
});
