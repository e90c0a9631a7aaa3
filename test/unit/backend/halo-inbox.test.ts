import { beforeEach, describe, expect, test } from 'vitest';
import { HaloInbox } from '../../../services/backend/halo-inbox.ts';
import { createHaloMessage, HALO_HEADER_BYTES } from '../../../services/protocol/halo-codec.ts';
import { haloPlan } from '../../../services/protocol/halo-plan.ts';
import { parcelBytes } from '../../../services/world/cell-parcel.ts';
import { topologyOf } from './topology-fixture.ts';

const K = 2;
const topology = topologyOf({
  width: 64,
  height: 32,
  ticksPerExchange: K,
  owners: [0, 0, 1, 1, 2, 2, 0, 0],
});
const plan = haloPlan(topology, 0);
const bytesOf = (peer: number) => parcelBytes(plan.incoming.get(peer)!);

function message(tick: number, peer = 1, change: { bytes?: number; generation?: number } = {}) {
  const { bytes = bytesOf(peer), generation = 1 } = change;
  return createHaloMessage({ generation, topologyVersion: 1, tick, senderIndex: peer }, bytes);
}

let inbox: HaloInbox;
beforeEach(() => {
  inbox = new HaloInbox(topology, plan);
});

describe('HaloInbox', () => {
  test('gives what came, once all is there', () => {
    expect(inbox.missing(0)).toEqual([1, 2]);
    const first = message(0, 1);
    inbox.accept('boot-1', first);
    expect(inbox.missing(0)).toEqual([2]);
    expect(inbox.isComplete(0)).toBe(false);
    expect(() => inbox.take(0)).toThrow('missing');
    const second = message(0, 2);
    inbox.accept('boot-2', second);
    expect(inbox.missing(0)).toEqual([]);
    expect(inbox.isComplete(0)).toBe(true);
    expect(inbox.take(0)).toEqual(
      new Map([
        [1, first],
        [2, second],
      ]),
    );
  });

  test('keeps the exchange after the next one too', () => {
    inbox.accept('boot-1', message(K));
    inbox.accept('boot-1', message(0));
    inbox.accept('boot-2', message(0, 2));
    inbox.take(0);
    expect(inbox.missing(K)).toEqual([2]);
  });

  test('refuses what is further ahead, so that a queue holds two at most', () => {
    expect(() => inbox.accept('boot-1', message(2 * K))).toThrow('too far ahead');
  });

  test('drops what is over', () => {
    inbox.accept('boot-1', message(0));
    inbox.accept('boot-2', message(0, 2));
    inbox.take(0);
    inbox.accept('boot-1', message(0));
    expect(inbox.missing(0)).toEqual([1, 2]);
  });

  test('keeps the first of two for the same exchange', () => {
    const first = message(0);
    inbox.accept('boot-1', first);
    inbox.accept('boot-1', message(0));
    inbox.accept('boot-2', message(0, 2));
    expect(inbox.take(0).get(1)).toBe(first);
  });

  const invalid: [name: string, sender: string, message: Uint8Array][] = [
    ['too few bytes for a header', 'boot-1', new Uint8Array(10)],
    ['a byte too few', 'boot-1', message(0, 1, { bytes: bytesOf(1) - 1 })],
    ['a byte too many', 'boot-1', message(0, 1, { bytes: bytesOf(1) + 1 })],
    ['a tick without an exchange', 'boot-1', message(1)],
    ['another generation', 'boot-1', message(0, 1, { generation: 2 })],
    ['a sender that is not who it says', 'boot-2', message(0)],
    ['a sender that is no neighbour', 'boot-7', message(0, 7, { bytes: 0 })],
    ['this backend itself', 'boot-0', message(0, 0, { bytes: 0 })],
  ];
  test.each(invalid)('refuses %s', (_name, sender, bytes) => {
    expect(() => inbox.accept(sender, bytes)).toThrow(
      expect.objectContaining({ code: 'HALO_INVALID' }),
    );
    expect(inbox.missing(0)).toEqual([1, 2]);
  });

  test('gives room for a message where one stood that was used, as long as it fits', () => {
    const used = message(0);
    inbox.giveBack(used);
    const other = inbox.takeBuffer(used.byteLength - 1);
    expect(other.byteLength).toBe(used.byteLength - 1);
    expect(inbox.takeBuffer(used.byteLength)).toBe(used);
    expect(inbox.takeBuffer(used.byteLength)).not.toBe(used);
  });

  test('keeps room for two messages of each peer, the latest', () => {
    const used = Array.from({ length: 6 }, () => message(0));
    for (const one of used) inbox.giveBack(one);
    const taken = used.map(({ byteLength }) => inbox.takeBuffer(byteLength) as (typeof used)[0]);
    expect(taken.filter((one) => used.includes(one))).toEqual(used.slice(2));
  });

  test('knows how large the message of a peer is', () => {
    expect([1, 2].map((peer) => inbox.expectedBytes(peer))).toEqual(
      [1, 2].map((peer) => HALO_HEADER_BYTES + bytesOf(peer)),
    );
  });
});
