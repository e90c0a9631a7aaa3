import { beforeEach, describe, expect, test } from 'vitest';
import { ReadGate } from '../../../../services/backend/shards/read-gate.ts';

const READERS_MAX = 64;

describe('the gate of readers', () => {
  let gate: ReadGate;
  beforeEach(() => {
    gate = new ReadGate();
  });

  test('lets them look at once while no step is under way', async () => {
    expect(await gate.read(() => 7)).toBe(7);
  });

  test('has them wait for the end of a step, and lets them look in the order in which they came', async () => {
    gate.close();
    const seen: number[] = [];
    const reads = [1, 2, 3].map((n) => gate.read(() => seen.push(n)));
    expect(seen).toEqual([]);
    gate.open();
    await Promise.all(reads);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('has them wait again for the next step', async () => {
    gate.close();
    gate.open();
    gate.close();
    let hasLooked = false;
    void gate.read(() => {
      hasLooked = true;
    });
    expect(hasLooked).toBe(false);
  });

  test(`takes ${READERS_MAX} that wait, and refuses one more`, async () => {
    gate.close();
    const waiting = Array.from({ length: READERS_MAX }, (_, n) => gate.read(() => n));
    await expect(gate.read(() => 0)).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    gate.open();
    expect(await Promise.all(waiting)).toHaveLength(READERS_MAX);
    expect(await gate.read(() => 'again')).toBe('again');
  });

  test('passes on what a look throws to who looked, and to no other', async () => {
    gate.close();
    const failing = gate.read(() => {
      throw new Error('cannot look');
    });
    const fine = gate.read(() => 1);
    gate.open();
    await expect(failing).rejects.toThrow('cannot look');
    expect(await fine).toBe(1);
  });
});
