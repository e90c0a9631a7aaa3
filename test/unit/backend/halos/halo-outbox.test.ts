import { beforeEach, describe, expect, test } from 'vitest';
import { HaloOutbox } from '../../../../services/backend/halos/halo-outbox.ts';
import {
  HALO_HEADER_BYTES,
  readHaloHeader,
} from '../../../../services/protocol/wire/halo-codec.ts';
import { topologyOf } from '../topology-fixture.ts';

const topology = topologyOf({ width: 32, height: 16, owners: [0, 1] });

let places: Uint8Array[];
let outbox: HaloOutbox;
beforeEach(() => {
  places = [new Uint8Array(40), new Uint8Array(40)];
  outbox = new HaloOutbox(topology, 0, (_peer, tick) => places[tick % 2]!);
});

/** What the shards do before messages are sealed. */
function pack(tick: number): Uint8Array {
  outbox.makeRoom(tick);
  places[tick % 2]?.fill(tick, HALO_HEADER_BYTES);
  const message = outbox.seal(1, tick);
  outbox.keep(tick);
  return message;
}

const notReady = expect.objectContaining({ code: 'HALO_NOT_READY' });

describe('HaloOutbox', () => {
  test('seals messages in their places, and they say whose they are', () => {
    const message = pack(5);
    expect(message).toBe(places[1]);
    expect(readHaloHeader(message)).toEqual({
      generation: 1,
      topologyVersion: 1,
      tick: 5,
      senderIndex: 0,
    });
    expect([...message.subarray(HALO_HEADER_BYTES)]).toEqual(Array(8).fill(5));
  });

  test('answers pulls for the two latest exchanges', () => {
    for (const tick of [0, 1, 2]) pack(tick);
    for (const tick of [1, 2]) expect(outbox.find(1, tick)).toEqual(places[tick % 2]);
    expect(() => outbox.find(1, 0)).toThrow(notReady);
    expect(() => outbox.find(1, 3)).toThrow(notReady);
  });

  test('answers with copies, which are never overwritten', () => {
    pack(0);
    const pulled = outbox.find(1, 0);
    for (const tick of [1, 2]) pack(tick);
    expect(readHaloHeader(pulled).tick).toBe(0);
    expect(pulled[HALO_HEADER_BYTES]).toBe(0);
  });

  test('keeps nothing that is being written over', () => {
    for (const tick of [0, 1]) pack(tick);
    outbox.makeRoom(2);
    expect(() => outbox.find(1, 0)).toThrow(notReady);
    expect(outbox.keptFor(1)).toEqual([places[1]]);
  });

  test('says what is kept in place of what is not', () => {
    const kept = (text: string) =>
      expect.objectContaining({ message: `the halo of tick 9 is not here; kept: ${text}` });
    expect(() => outbox.find(1, 9)).toThrow(kept('none'));
    for (const tick of [3, 4]) pack(tick);
    expect(() => outbox.find(1, 9)).toThrow(kept('3, 4'));
  });

  test('keeps two exchanges, however many ticks apart', () => {
    outbox = new HaloOutbox({ ...topology, ticksPerExchange: 4 }, 0, () => places[0]!);
    for (const tick of [0, 4]) outbox.keep(tick);
    outbox.makeRoom(8);
    expect(() => outbox.find(1, 0)).toThrow(notReady);
    expect(outbox.find(1, 4)).toEqual(places[0]);
  });

  test('tells what is kept, the oldest first', () => {
    for (const tick of [3, 4]) pack(tick);
    expect(outbox.keptFor(1).map((message) => readHaloHeader(message).tick)).toEqual([3, 4]);
  });
});
