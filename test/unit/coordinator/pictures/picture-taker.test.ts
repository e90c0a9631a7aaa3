import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { decodedPng, pictureOf } from '../../../support/pictures.ts';
import { INSTANCE } from '../checkpoints/checkpoint-fixture.ts';
import { PicturesRig } from './pictures-fixture.ts';

let rig: PicturesRig;
beforeEach(() => {
  rig = new PicturesRig();
});

test('a picture is put together from the parts of all backends, which are removed', async () => {
  await rig.putParts(600);
  await rig.take(600);
  expect(rig.counted).toEqual([{ outcome: 'stored' }]);
  const png = await rig.archive.get(INSTANCE, 600);
  expect(decodedPng(png!)).toEqual(pictureOf(rig.world));
  expect(await rig.snapshots.list('checkpoints/')).toEqual([]);
  expect(await rig.archive.list(INSTANCE)).toEqual([{ tick: 600, sizeBytes: png?.byteLength }]);
});

test('a part that comes late is waited for', async () => {
  await rig.putParts(600, [0]);
  const taken = rig.take(600);
  await rig.putParts(600, [1]);
  await taken;
  expect(rig.counted).toEqual([{ outcome: 'stored' }]);
});

describe('a picture is lost, and nothing else,', () => {
  async function expectLost(reason: RegExp) {
    await rig.take(600);
    expect(rig.counted).toEqual([{ outcome: 'lost' }]);
    expect(await rig.archive.get(INSTANCE, 600)).toBeUndefined();
    expect(rig.log.lines.at(-1)?.fields).toMatchObject({ reason: expect.stringMatching(reason) });
    expect(await rig.snapshots.list('checkpoints/')).toEqual([]);
  }

  test('when a part does not come', async () => {
    await rig.putParts(600, [0]);
    await expectLost(/boot-1\/picture has not come/);
  });

  test('when a part is that of another backend', async () => {
    const [first, second] = rig.keys(600);
    await rig.snapshots.putIfAbsent(first!, rig.part(0));
    await rig.snapshots.putIfAbsent(second!, gzipSync(new Uint8Array([0x44, 0x43, 0x50, 0x50])));
    await expectLost(/the parts have \d+ pixels of \d+/);
  });

  test.each([
    ['is cut', (part: Uint8Array) => part.subarray(0, -9)],
    ['has another byte', (part: Uint8Array) => part.map((byte, i) => (i === 60 ? byte ^ 1 : byte))],
    ['inflates to more than any part', () => gzipSync(new Uint8Array(10_000_000))],
  ])('when a part %s', async (_, damage) => {
    const [first] = rig.keys(600);
    await rig.snapshots.putIfAbsent(first!, damage(rig.part(0)));
    await rig.putParts(600);
    await expectLost(/./);
  });

  test('when the store does not take it', async () => {
    await rig.putParts(600);
    rig.snapshots.putIfAbsent = () =>
      Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'the store is away'));
    await expectLost(/the store is away/);
  });
});

test('the next picture is due after the interval, and not while one is made', async () => {
  expect(rig.taker.isDue).toBe(true);
  await rig.putParts(600);
  const taken = rig.take(600);
  expect(rig.taker.isDue).toBe(false);
  await taken;
  const startedMs = rig.clock.nowMs();
  await rig.clock.advance(29_000 - startedMs);
  expect(rig.taker.isDue).toBe(false);
  await rig.clock.advance(2_000);
  expect(rig.taker.isDue).toBe(true);
});
