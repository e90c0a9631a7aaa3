import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FRAME_HEADER_BYTES,
  type Frame,
  FrameReader,
  FrameSealer,
} from '../../../services/protocol/halo-frame.ts';

const KEY = new Uint8Array(32).fill(7);
const FENCE = { generation: 3, epoch: 2 ** 40, topologyVersion: 1 };

function readerOf(options: { key?: Uint8Array; maxBytes?: () => number } = {}) {
  const frames: Frame[] = [];
  const { key = KEY, maxBytes = () => 10_000 } = options;
  const reader = new FrameReader({ key, maxBytes, onFrame: (frame) => frames.push(frame) });
  return { reader, frames };
}

/** Frames as they go over the wire. */
function sealed(...payloads: Uint8Array[]): Uint8Array[] {
  const sealer = new FrameSealer(KEY);
  return payloads.map((payload) => Buffer.concat([sealer.seal('halo', FENCE, payload), payload]));
}

describe('frames', () => {
  test('come out as they went in, however the stream cuts them', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(payloads, fc.infiniteStream(fc.integer({ min: 1, max: 200 })), (sent, cuts) => {
        const { reader, frames } = readerOf();
        const wire = Buffer.concat(sealed(...sent));
        for (let at = 0; at < wire.length; ) {
          const bytes = cuts.next().value as number;
          reader.read(wire.subarray(at, at + bytes));
          at += bytes;
        }
        expect(frames.map(({ payload }) => [...payload])).toEqual(sent.map((p) => [...p]));
        expect(frames.every(({ kind }) => kind === 'halo')).toBe(true);
        expect(frames[0]?.fence).toEqual(FENCE);
        expect(reader.isMidFrame).toBe(false);
      }),
    );
  });

  test('have payloads of their own, not parts of what came', () => {
    const { reader, frames } = readerOf();
    const [wire] = sealed(Uint8Array.of(1, 2, 3)) as [Uint8Array];
    reader.read(wire);
    wire.fill(0);
    expect([...(frames[0]?.payload ?? [])]).toEqual([1, 2, 3]);
  });

  test('tell their kind', () => {
    const { reader, frames } = readerOf();
    const payload = Uint8Array.of(5);
    reader.read(new FrameSealer(KEY).seal('refusal', FENCE, payload));
    reader.read(payload);
    expect(frames[0]?.kind).toBe('refusal');
  });

  test('that are not complete are waited for', () => {
    const { reader, frames } = readerOf();
    const [wire] = sealed(new Uint8Array(100)) as [Uint8Array];
    reader.read(wire.subarray(0, -1));
    expect([reader.isMidFrame, reader.frames, frames.length]).toEqual([true, 0, 0]);
    reader.read(wire.subarray(-1));
    expect([reader.isMidFrame, reader.frames, frames.length]).toEqual([false, 1, 1]);
  });
});

describe('a reader is broken for good by', () => {
  const unauthentic = expect.objectContaining({ code: 'RPC_UNAUTHENTICATED' });
  const three = () => sealed(...[1, 2, 3].map((byte) => new Uint8Array(50).fill(byte)));

  test('any one bit that is changed, but for those of the length', () => {
    const bits = fc.integer({ min: 32, max: 8 * (FRAME_HEADER_BYTES + 50) - 1 });
    fc.assert(
      fc.property(bits, (bit) => {
        const [wire] = three() as [Uint8Array];
        wire[bit >> 3] = (wire[bit >> 3] as number) ^ (1 << (bit & 7));
        const { reader, frames } = readerOf();
        expect(() => reader.read(wire)).toThrow(unauthentic);
        expect(frames).toEqual([]);
      }),
    );
  });

  test('a length that is changed', () => {
    const [first, second] = three() as [Uint8Array, Uint8Array];
    first[0] = 49;
    expect(() => readerOf().reader.read(Buffer.concat([first, second]))).toThrow(unauthentic);
  });

  test.each([
    ['a frame that comes again', [0, 0]],
    ['a frame that is missing', [1]],
    ['frames in another order', [1, 0, 2]],
  ])('%s', (_what, order) => {
    const wire = three();
    const { reader } = readerOf();
    expect(() => {
      for (const index of order) reader.read(wire[index] as Uint8Array);
    }).toThrow(unauthentic);
  });

  test('the key of another stream', () => {
    const { reader } = readerOf({ key: new Uint8Array(32).fill(8) });
    expect(() => reader.read(three()[0] as Uint8Array)).toThrow(unauthentic);
  });

  test('a length above the bound, before anything of it is there', () => {
    const { reader } = readerOf({ maxBytes: () => 49 });
    const header = (three()[0] as Uint8Array).subarray(0, FRAME_HEADER_BYTES);
    expect(() => reader.read(header)).toThrow(expect.objectContaining({ code: 'BODY_TOO_LARGE' }));
  });

  test('an error: what follows it is dropped', () => {
    const { reader, frames } = readerOf();
    const [first, second] = three() as [Uint8Array, Uint8Array];
    expect(() => reader.read(second)).toThrow(unauthentic);
    reader.read(first);
    expect([frames.length, reader.isMidFrame]).toEqual([0, false]);
  });
});

test('the same message gives another tag each time', () => {
  const sealer = new FrameSealer(KEY);
  const payload = new Uint8Array(10);
  expect(sealer.seal('halo', FENCE, payload)).not.toEqual(sealer.seal('halo', FENCE, payload));
});
