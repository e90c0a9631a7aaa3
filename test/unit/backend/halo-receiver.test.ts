import { beforeEach, describe, expect, test } from 'vitest';
import { ColonyError } from '../../../services/protocol/errors.ts';
import { BACKENDS_MAX } from '../../../services/protocol/topology.ts';
import { HaloPeer } from '../../support/halo-peer.ts';
import { FENCE, HaloStreams, message, SECRET, SENDER, TARGET } from './halo-streams-fixture.ts';

let streams: HaloStreams;
let sequence: number;
beforeEach(() => {
  streams = new HaloStreams();
  sequence = 0;
});

const openPeer = (sender = 'sender') =>
  HaloPeer.open({
    transport: streams.network.transportOf(SENDER),
    secret: SECRET,
    sender,
    target: TARGET,
    fence: FENCE,
    sequence: sequence++,
  });

describe('HaloReceiver', () => {
  test('hands on who sent what under which fence', async () => {
    const peer = await openPeer('boot-7');
    const fence = { ...FENCE, epoch: 5 };
    peer.send(Uint8Array.of(1, 2, 3), fence);
    await streams.settle();
    expect(streams.host.halos).toEqual([{ fence, from: 'boot-7', bytes: [1, 2, 3] }]);
  });

  test('takes a newer stream of a sender in place of the older one', async () => {
    const older = await openPeer();
    const newer = await openPeer();
    await older.ended;
    newer.send(message(1));
    await streams.settle();
    expect([streams.receiver.streams, streams.host.firstBytes]).toEqual([1, [1]]);
  });

  test('holds no more streams than there are backends: the oldest has to go', async () => {
    const oldest = await openPeer('boot-0');
    for (let i = 1; i < BACKENDS_MAX; i++) await openPeer(`boot-${i}`);
    expect([streams.receiver.streams, oldest.isEnded]).toEqual([BACKENDS_MAX, false]);
    await openPeer('one more');
    await oldest.ended;
    expect(streams.receiver.streams).toBe(BACKENDS_MAX);
  });

  test('forgets a stream that its sender ends', async () => {
    const peer = await openPeer();
    peer.stream.destroy();
    await streams.settle();
    expect(streams.receiver.streams).toBe(0);
  });

  test('once closed, ends all streams and opens no more', async () => {
    const peer = await openPeer();
    streams.receiver.close();
    await peer.ended;
    await expect(openPeer()).rejects.toThrow('BACKEND_FAILED');
  });

  test('takes messages as large as its host says, if only to refuse them', async () => {
    const peer = await openPeer();
    streams.host.largestHaloBytes = 100_000;
    peer.send(message(1, 100_000));
    await streams.settle();
    streams.host.refusal = new ColonyError('TOPOLOGY_NOT_INITIALIZED', 'no topology is held');
    peer.send(message(2, 100_000));
    expect(await peer.refused()).toEqual(['TOPOLOGY_NOT_INITIALIZED']);
    expect(peer.isEnded).toBe(false);
  });

  test('an unexpected error is told as INTERNAL and stands in the log', async () => {
    const peer = await openPeer();
    streams.host.refusal = new TypeError('a bug');
    peer.send(message(1));
    expect(await peer.refused()).toEqual(['INTERNAL']);
    expect(streams.log.messages('error')).toHaveLength(1);
  });

  test('warns of a stream that it breaks off, and why', async () => {
    const peer = await openPeer('boot-7');
    peer.stream.write(new Uint8Array(48));
    await peer.ended;
    expect(streams.log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { peer: 'boot-7', why: expect.stringContaining('tag of frame 0') } },
    ]);
  });

  test('waits for a frame that comes in pieces, but not for ever', async () => {
    const peer = await openPeer();
    const frame = peer.frame(message(1));
    for (const byte of frame.subarray(0, 5)) {
      peer.stream.write(Uint8Array.of(byte));
      await streams.clock.advance(1_000);
    }
    expect(peer.isEnded).toBe(false);
    await streams.clock.advance(10_000);
    expect(peer.isEnded).toBe(true);
  });

  test('has no timer running between frames', async () => {
    const peer = await openPeer();
    const frame = peer.frame(message(1));
    peer.stream.write(frame.subarray(0, 10));
    await streams.settle();
    peer.stream.write(frame.subarray(10));
    await streams.clock.advance(10_000);
    expect([streams.clock.pendingTimers, peer.isEnded]).toEqual([0, false]);
  });
});
