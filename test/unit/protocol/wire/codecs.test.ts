import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  HALO_HEADER_BYTES,
  readHaloHeader,
} from '../../../../services/protocol/wire/halo-codec.ts';
import {
  assertPicture,
  createPicture,
  PICTURE_HEADER_BYTES,
  PICTURE_MAX_BYTES,
  type PictureHeader,
  pictureColumns,
  picturePixelsBytes,
  pictureRows,
  readPictureHeader,
} from '../../../../services/protocol/wire/picture-codec.ts';
import { LAYER_BYTES, LAYERS } from '../../../../services/world/measuring/layers.ts';
import { createHaloMessage } from '../../../support/halos/halo-message.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** The same bytes, at an odd offset of a larger buffer. */
function shifted(bytes: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(bytes.byteLength + 9).fill(0xaa);
  buffer.set(bytes, 5);
  return buffer.subarray(5, 5 + bytes.byteLength);
}

/** A copy with one byte changed. */
function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe('a halo message', () => {
  const header = { generation: 3, topologyVersion: 2, tick: 1_000, senderIndex: 7 };
  const message = createHaloMessage(header, 48);

  test('is laid out as its module says', () => {
    expect(Buffer.from(message.subarray(0, HALO_HEADER_BYTES)).toString('hex')).toBe(
      [
        '44434841',
        '0200',
        '0000',
        '03000000',
        '02000000',
        'e8030000',
        '07000000',
        '30000000',
        '00000000',
      ].join(''),
    );
    expect(message.byteLength).toBe(HALO_HEADER_BYTES + 48);
  });

  test('is read as it was written, wherever it lies in memory', () => {
    fc.assert(
      fc.property(
        u32,
        u32,
        u32,
        u32,
        fc.nat(100),
        (generation, topologyVersion, tick, senderIndex, cells) => {
          const any = { generation, topologyVersion, tick, senderIndex };
          expect(readHaloHeader(shifted(createHaloMessage(any, cells)))).toEqual(any);
        },
      ),
    );
  });

  test.each([
    ['empty', new Uint8Array(0), /0 bytes are less than a header of 32/],
    ['shorter than its header', message.subarray(0, 31), /31 bytes/],
    ['of another kind', withByte(message, 0, 0), /magic/],
    ['of another version', withByte(message, 4, 1), /format version 1, expected 2/],
    ['cut short', message.subarray(0, 79), /79 bytes, expected 80/],
    ['too long', Uint8Array.of(...message, 0), /81 bytes, expected 80/],
    ['that claims 4 GB', withByte(message, 27, 0xff), /80 bytes, expected 42781\d+/],
  ])('that is %s is HALO_INVALID and says why', (_name, bytes, reason) => {
    expect(() => readHaloHeader(bytes)).toThrow(
      expect.objectContaining({ code: 'HALO_INVALID', message: expect.stringMatching(reason) }),
    );
  });
});

describe('a picture', () => {
  const header: PictureHeader = {
    layer: 'food',
    x: 10,
    y: 20,
    width: 5,
    height: 3,
    scale: 2,
    minTick: 99,
    maxTick: 101,
  };
  const picture = createPicture(header);

  test('is laid out as its module says', () => {
    const view = new DataView(picture.buffer);
    expect(Buffer.from(picture.subarray(0, 4)).toString()).toBe('DCFR');
    expect(view.getUint16(4, true)).toBe(1);
    expect([picture[6], picture[7]]).toEqual([LAYERS.indexOf('food'), LAYER_BYTES.food]);
    const words = Array.from({ length: 10 }, (_, i) => view.getUint32(8 + 4 * i, true));
    expect(words).toEqual([10, 20, 5, 3, 2, 99, 101, 3, 2, 0]);
    expect(picture.byteLength).toBe(PICTURE_HEADER_BYTES + 3 * 2 * LAYER_BYTES.food);
  });

  test('is read as it was written, wherever it lies in memory', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(
        fc.record({
          layer: fc.constantFrom(...LAYERS),
          x: u32,
          y: u32,
          width: side,
          height: side,
          scale: fc.integer({ min: 1, max: 50 }),
          minTick: u32,
          maxTick: u32,
        }),
        (any) => {
          expect(readPictureHeader(shifted(createPicture(any)))).toEqual(any);
        },
      ),
    );
  });

  test('has one pixel per scale × scale cells, a last one for the rest', () => {
    const rect = { x: 0, y: 0, width: 9, height: 8, scale: 4 };
    expect([pictureColumns(rect), pictureRows(rect)]).toEqual([3, 2]);
    expect(picturePixelsBytes('colour', rect)).toBe(24);
  });

  test.each([
    ['shorter than its header', picture.subarray(0, 47), /47 bytes/],
    ['of another kind', withByte(picture, 3, 0), /magic/],
    ['of another version', withByte(picture, 4, 9), /version/],
    ['of an unknown layer', withByte(picture, 6, 200), /unknown layer 200/],
    ['cut short', picture.subarray(0, picture.byteLength - 1), /expected 60/],
    ['with a scale of 0', withByte(picture, 24, 0), /expected/],
  ])('that is %s is BAD_REQUEST and says why', (_name, bytes, reason) => {
    expect(() => readPictureHeader(bytes)).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringMatching(reason) }),
    );
  });

  test('that reaches beyond the world is refused', () => {
    const world = { width: 100, height: 50 };
    const rect = { x: 90, y: 40, width: 10, height: 10, scale: 1 };
    expect(() => assertPicture('food', rect, world)).not.toThrow();
    const outside = expect.objectContaining({ code: 'FRAME_OUTSIDE_WORLD' });
    expect(() => assertPicture('food', { ...rect, width: 11 }, world)).toThrow(outside);
    expect(() => assertPicture('food', { ...rect, y: 41 }, world)).toThrow(outside);
  });

  test('of more than 16 MiB of pixels is refused before anything is allocated', () => {
    const world = { width: 65_536, height: 65_536 };
    const largest = { x: 0, y: 0, width: 2_048, height: 2_048, scale: 1 };
    expect(picturePixelsBytes('colour', largest)).toBe(PICTURE_MAX_BYTES);
    expect(() => assertPicture('colour', largest, world)).not.toThrow();
    expect(() => assertPicture('colour', { ...largest, width: 2_049 }, world)).toThrow(
      expect.objectContaining({ code: 'FRAME_TOO_LARGE' }),
    );
    expect(() => assertPicture('colour', { ...largest, ...world, scale: 32 }, world)).not.toThrow();
  });
});
