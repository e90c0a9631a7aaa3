import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pour } from '../../../../services/platform/rpc/byte-stream.ts';
import { HALO_HEADER_BYTES } from '../../../../services/protocol/wire/halo-codec.ts';
import {
  FRAME_HEADER_BYTES,
  type Frame,
  FrameReader,
  type FrameReaderOptions,
  FrameSealer,
} from '../../../../services/protocol/wire/halo-frame.ts';

const KEY = new Uint8Array(32).fill(7);
const FENCE = { generation: 3, epoch: 2 ** 40, topologyVersion: 1 };

function readerOf(options: Partial<FrameReaderOptions> = {}) {
  const frames: Frame[] = [];
  const onFrame = (frame: Frame) => frames.push(frame);
  const reader = new FrameReader({ key: KEY, maxBytes: 10_000, onFrame, ...options });
  const read = (chunk: Uint8Array) =>
    pour(chunk, { room: () => reader.room(), filled: (bytes) => reader.filled(bytes) });
  return { reader, frames, read };
}

/** Frames as they go over the wire. */
function sealed(...payloads: Uint8Array[]): Uint8Array[] {
  const sealer = new FrameSealer(KEY);
  return payloads.map((payload) => Buffer.concat([sealer.seal(FENCE, payload), payload]));
}

describe('frames', () => {
  test('come out as they went in, however the stream cuts them', () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 32, maxLength: 300 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(payloads, fc.infiniteStream(fc.integer({ min: 1, max: 200 })), (sent, cuts) => {
        const { reader, frames, read } = readerOf();
        const wire = Buffer.concat(sealed(...sent));
        for (let at = 0; at < wire.length; ) {
          const bytes = cuts.next().value as number;
          read(wire.subarray(at, at + bytes));
          at += bytes;
        }
        expect(frames.map(({ payload }) => [...payload])).toEqual(sent.map((p) => [...p]));
        expect(frames[0]?.fence).toEqual(FENCE);
        expect(reader.isMidFrame).toBe(false);
      }),
    );
  });

  test('have payloads of their own, not parts of what came', () => {
    const { frames, read } = readerOf();
    const [wire] = sealed(new Uint8Array(40).fill(3)) as [Uint8Array];
    read(wire);
    wire.fill(0);
    expect(frames[0]?.payload).toEqual(Buffer.alloc(40, 3));
  });

  test('are read right into the room that is given for them', () => {
    const rooms: Uint8Array[] = [];
    const headers: number[][] = [];
    const room = (header: Uint8Array, bytes: number) => {
      headers.push([...header]);
      rooms.push(new Uint8Array(bytes));
      return rooms.at(-1) as Uint8Array;
    };
    const { frames, read } = readerOf({ room });
    const sent = [40, 32, 300].map((bytes) => new Uint8Array(bytes).map((_, i) => bytes + i));
    for (const wire of sealed(...sent)) read(wire);
    expect(rooms).toEqual(sent);
    expect(headers).toEqual(sent.map((message) => [...message.subarray(0, HALO_HEADER_BYTES)]));
    expect(frames.map(({ payload }, i) => payload === rooms[i])).toEqual([true, true, true]);
  });

  test('that are not complete are waited for', () => {
    const { reader, frames, read } = readerOf();
    const [wire] = sealed(new Uint8Array(100)) as [Uint8Array];
    read(wire.subarray(0, -1));
    expect([reader.isMidFrame, reader.frames, frames.length]).toEqual([true, 0, 0]);
    read(wire.subarray(-1));
    expect([reader.isMidFrame, reader.frames, frames.length]).toEqual([false, 1, 1]);
  });
});

describe('a reader is broken for good by', () => {
  const unauthentic = expect.objectContaining({ code: 'RPC_UNAUTHENTICATED' });
  const three = () => sealed(...[1, 2, 3].map((byte) => new Uint8Array(50).fill(byte)));

  test('any one bit that is changed, but for those of the length', () => {
    const bits = fc.integer({ min: 64, max: 8 * (FRAME_HEADER_BYTES + 50) - 1 });
    fc.assert(
      fc.property(bits, (bit) => {
        const [wire] = three() as [Uint8Array];
        wire[bit >> 3] = (wire[bit >> 3] as number) ^ (1 << (bit & 7));
        const { frames, read } = readerOf();
        expect(() => read(wire)).toThrow(unauthentic);
        expect(frames).toEqual([]);
      }),
    );
  });

  test('a length that is changed', () => {
    const [first, second] = three() as [Uint8Array, Uint8Array];
    first[0] = 49;
    expect(() => readerOf().read(Buffer.concat([first, second]))).toThrow(unauthentic);
  });

  test.each([
    ['a frame that comes again', [0, 0]],
    ['a frame that is missing', [1]],
    ['frames in another order', [1, 0, 2]],
  ])('%s', (_what, order) => {
    const wire = three();
    const { read } = readerOf();
    expect(() => {
      for (const index of order) read(wire[index] as Uint8Array);
    }).toThrow(unauthentic);
  });

  test('the key of another stream', () => {
    const { read } = readerOf({ key: new Uint8Array(32).fill(8) });
    expect(() => read(three()[0] as Uint8Array)).toThrow(unauthentic);
  });

  test('a length above the bound, before there is room for it', () => {
    const room = () => {
      throw new Error('asked for room');
    };
    const { read } = readerOf({ maxBytes: 49, room });
    expect(() => read(three()[0] as Uint8Array)).toThrow(
      expect.objectContaining({ code: 'BODY_TOO_LARGE' }),
    );
  });

  test('a length that is less than a header', () => {
    const wire = (three()[0] as Uint8Array).fill(31, 0, 1);
    expect(() => readerOf().read(wire)).toThrow(expect.objectContaining({ code: 'HALO_INVALID' }));
  });

  test('an error: what follows it is dropped', () => {
    const { reader, frames, read } = readerOf();
    const [first, second] = three() as [Uint8Array, Uint8Array];
    expect(() => read(second)).toThrow(unauthentic);
    read(first);
    expect([frames.length, reader.isMidFrame]).toEqual([0, false]);
  });
});

test('the same message gives another tag each time', () => {
  const sealer = new FrameSealer(KEY);
  const payload = new Uint8Array(10);
  expect(sealer.seal(FENCE, payload)).not.toEqual(sealer.seal(FENCE, payload));
});
