import { beforeEach, describe, expect, test } from 'vitest';
import { HaloInbox } from '../../../../services/backend/halos/halo-inbox.ts';
import { HALO_HEADER_BYTES } from '../../../../services/protocol/wire/halo-codec.ts';
import { createHaloMessage } from '../../../support/halos/halo-message.ts';
import { topologyOf } from '../topology-fixture.ts';

const K = 2;
const topology = topologyOf({
  width: 64,
  height: 32,
  ticksPerExchange: K,
  owners: [0, 0, 1, 1, 2, 2, 0, 0],
});
/** Of the cells of each message. */
const BYTES = 100;

function message(
  tick: number,
  change: Partial<
    Record<'sender' | 'bytes' | 'generation' | 'topologyVersion' | 'fill', number>
  > = {},
) {
  const { sender: senderIndex = 1, bytes = BYTES, fill = 1 } = change;
  const { generation = 1, topologyVersion = 1 } = change;
  const made = createHaloMessage({ generation, topologyVersion, tick, senderIndex }, bytes);
  return made.fill(fill, HALO_HEADER_BYTES);
}

/** Two places for each peer, which take turns. */
let places: Map<number, [Uint8Array, Uint8Array]>;
const placeOf = (peer: number, tick: number) => places.get(peer)![Math.floor(tick / K) % 2]!;
const cellOf = (peer: number, tick: number) => placeOf(peer, tick)[HALO_HEADER_BYTES];

let inbox: HaloInbox;
beforeEach(() => {
  const place = () => new Uint8Array(HALO_HEADER_BYTES + BYTES);
  places = new Map([1, 2].map((peer) => [peer, [place(), place()]]));
  inbox = new HaloInbox(topology, [1, 2], placeOf);
});

/** As a stream does, up to so many bytes. */
function stream(peer: number, of: Uint8Array, until = of.byteLength): Uint8Array {
  const room = inbox.roomFor(peer, of.subarray(0, HALO_HEADER_BYTES), of.byteLength);
  room.set(of.subarray(0, until));
  return room;
}

describe('HaloInbox', () => {
  test('is complete once the messages of all peers are in their places', () => {
    expect(inbox.missing(0)).toEqual([1, 2]);
    inbox.accept(1, message(0));
    expect([inbox.missing(0), inbox.isComplete(0)]).toEqual([[2], false]);
    expect(() => inbox.take(0)).toThrow('missing');
    inbox.accept(2, message(0, { sender: 2, fill: 7 }));
    expect([inbox.missing(0), inbox.isComplete(0)]).toEqual([[], true]);
    inbox.take(0);
    expect([cellOf(1, 0), cellOf(2, 0)]).toEqual([1, 7]);
  });

  test('has a stream put a message right in its place', () => {
    const room = stream(1, message(0, { fill: 9 }));
    expect(room).toBe(placeOf(1, 0));
    expect(inbox.missing(0)).toEqual([1, 2]);
    inbox.accept(1, room);
    expect([inbox.missing(0), cellOf(1, 0)]).toEqual([[2], 9]);
  });

  test('takes the exchange after the next one once the own messages of the next are sent', () => {
    expect(() => inbox.accept(1, message(K))).toThrow('too far ahead');
    inbox.sent(0);
    inbox.accept(1, message(K, { fill: 5 }));
    inbox.accept(1, message(0));
    expect([inbox.missing(0), inbox.missing(K), cellOf(1, K)]).toEqual([[2], [2], 5]);
    expect(() => inbox.accept(1, message(2 * K))).toThrow('too far ahead');
  });

  test('keeps the first of two for the same exchange', () => {
    inbox.accept(1, message(0, { fill: 5 }));
    inbox.accept(1, message(0, { fill: 6 }));
    inbox.accept(1, stream(1, message(0, { fill: 7 })));
    expect(cellOf(1, 0)).toBe(5);
  });

  test('leaves the messages alone that are in use', () => {
    for (const peer of [1, 2]) inbox.accept(peer, message(0, { sender: peer }));
    inbox.sent(0);
    inbox.take(0);
    inbox.accept(1, message(0, { fill: 6 }));
    inbox.accept(1, stream(1, message(0, { fill: 7 })));
    const tooEarly = message(2 * K, { fill: 8 });
    expect(() => inbox.accept(1, stream(1, tooEarly))).toThrow('too far ahead');
    expect([cellOf(1, 0), inbox.missing(0)]).toEqual([1, [1, 2]]);
    inbox.sent(K);
    inbox.accept(1, stream(1, tooEarly));
    expect([cellOf(1, 2 * K), inbox.missing(2 * K)]).toEqual([8, [2]]);
  });

  test('puts nothing where a stream is putting something, until that is over', () => {
    stream(1, message(0, { fill: 9 }), 50);
    expect([inbox.isFilling(1, 0), inbox.isFilling(2, 0)]).toEqual([true, false]);
    expect(() => inbox.accept(1, message(0, { fill: 5 }))).toThrow('a stream is filling');
    expect([inbox.missing(0), cellOf(1, 0)]).toEqual([[1, 2], 9]);
    inbox.streamEnded(1);
    inbox.accept(1, message(0, { fill: 5 }));
    expect([inbox.missing(0), cellOf(1, 0)]).toEqual([[2], 5]);
  });

  test('puts something there when what a stream has brought is refused', () => {
    inbox.refuse(1, stream(1, message(0, { fill: 9 })));
    inbox.accept(1, message(0, { fill: 5 }));
    expect([inbox.missing(0), cellOf(1, 0)]).toEqual([[2], 5]);
  });

  test('puts it there after what the stream has brought was no halo', () => {
    const bad = stream(1, message(0, { sender: 2 }));
    expect(() => inbox.accept(1, bad)).toThrow('backend 1 sent it');
    inbox.accept(1, message(0, { fill: 5 }));
    expect([inbox.missing(0), cellOf(1, 0)]).toEqual([[2], 5]);
  });

  const cells = HALO_HEADER_BYTES + BYTES;
  const invalid: [name: string, message: Uint8Array, says: string][] = [
    [
      'a byte too few',
      message(0, { bytes: BYTES - 1 }),
      `${cells - 1} bytes from backend 1, expected ${cells}`,
    ],
    [
      'a byte too many',
      message(0, { bytes: BYTES + 1 }),
      `${cells + 1} bytes from backend 1, expected ${cells}`,
    ],
    ['a tick without an exchange', message(1), 'no exchange at tick 1: one every 2 ticks'],
    ['another generation', message(0, { generation: 2 }), 'topology 2.1, held is 1.1'],
    ['another topology', message(0, { topologyVersion: 2 }), 'topology 1.2, held is 1.1'],
    [
      'a sender that is not who it says',
      message(0, { sender: 2 }),
      'of backend 2, but backend 1 sent it',
    ],
  ];
  test.each(invalid)('refuses %s, and lets no stream put it in a place', (_name, of, says) => {
    inbox.sent(0);
    const refusal = expect.objectContaining({ code: 'HALO_INVALID', message: says });
    expect(() => inbox.accept(1, of)).toThrow(refusal);
    const room = stream(1, of);
    expect(() => inbox.accept(1, room)).toThrow(refusal);
    expect(inbox.missing(0)).toEqual([1, 2]);
  });

  test('has no place for a tick without an exchange', () => {
    inbox.sent(0);
    stream(1, message(1, { fill: 9 }));
    expect([0, K].map((tick) => cellOf(1, tick))).toEqual([0, 0]);
    expect(inbox.isFilling(1, 0)).toBe(false);
  });

  test('knows its neighbours, and takes nothing of others', () => {
    expect(() => inbox.accept(9, message(0, { sender: 9 }))).toThrow('backend 9 is no neighbour');
  });

  test('refuses too few bytes for a header', () => {
    expect(() => inbox.accept(1, new Uint8Array(10))).toThrow('less than a header');
  });

  test('knows how large the message of a peer is', () => {
    expect(inbox.expectedBytes(1)).toBe(HALO_HEADER_BYTES + BYTES);
  });
});
