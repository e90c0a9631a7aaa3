import { beforeEach, describe, expect, test } from 'vitest';
import {
  PICTURES_AT_ONCE,
  PICTURES_WAITING_MAX,
  PictureQueue,
} from '../../../../../services/coordinator/watching/reading/picture-queue.ts';

describe('a queue for pictures', () => {
  let queue: PictureQueue;
  /** Ends the pictures that are being made, in the order in which they were begun. */
  let being: { key: string; resolve: (picture: string) => void; reject: (e: Error) => void }[];
  const ask = (key: string) =>
    queue.take(
      key,
      () => new Promise<string>((resolve, reject) => being.push({ key, resolve, reject })),
    );
  const fill = () => Array.from({ length: PICTURES_AT_ONCE }, (_, i) => ask(`first ${i}`));
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  beforeEach(() => {
    queue = new PictureQueue();
    being = [];
  });

  test('makes a few at once, the others in their turn', async () => {
    fill();
    const next = ask('next');
    expect(being).toHaveLength(PICTURES_AT_ONCE);
    being[0]?.resolve('one');
    await turn();
    expect(being.at(-1)?.key).toBe('next');
    being.at(-1)?.resolve('picture');
    expect(await next).toBe('picture');
  });

  test('those who ask for one that waits share it', async () => {
    fill();
    const asked = [ask('same'), ask('same')];
    for (const one of being) one.resolve('one');
    await turn();
    expect(being.filter(({ key }) => key === 'same')).toHaveLength(1);
    being.at(-1)?.resolve('picture');
    expect(await Promise.all(asked)).toEqual(['picture', 'picture']);
  });

  test('one that has begun may show what is older than the question: it is not shared', async () => {
    const early = ask('same');
    const late = ask('same');
    expect(being).toHaveLength(2);
    being[0]?.resolve('old');
    being[1]?.resolve('new');
    expect([await early, await late]).toEqual(['old', 'new']);
  });

  test('one that fails gives its turn to the next, and can be asked for again', async () => {
    const asked = fill();
    const next = ask('next');
    being[0]?.reject(new Error('no picture'));
    await expect(asked[0]).rejects.toThrow('no picture');
    await turn();
    being.at(-1)?.resolve('picture');
    expect(await next).toBe('picture');
    const again = ask('first 0');
    being.at(-1)?.resolve('picture');
    expect(await again).toBe('picture');
  });

  test('refuses one more when too many wait, and takes it again later', async () => {
    fill();
    const waiting = Array.from({ length: PICTURES_WAITING_MAX }, (_, i) => ask(`waiting ${i}`));
    const refused = await Promise.allSettled([ask('one more'), ask('one more')]);
    const busy = { status: 'rejected', reason: expect.objectContaining({ code: 'FRAMES_BUSY' }) };
    expect(refused).toEqual([busy, busy]);
    while (being.length < PICTURES_AT_ONCE + PICTURES_WAITING_MAX) {
      for (const one of being) one.resolve('one');
      await turn();
    }
    for (const one of being) one.resolve('one');
    await Promise.all(waiting);
    const again = ask('one more');
    being.at(-1)?.resolve('picture');
    expect(await again).toBe('picture');
  });
});
