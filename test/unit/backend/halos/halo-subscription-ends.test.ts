import { beforeEach, expect, test } from 'vitest';
import { StreamHaloSubscription } from '../../../../services/backend/halos/halo-subscription.ts';
import type { ByteStream, StreamListener } from '../../../../services/platform/rpc/byte-stream.ts';
import { FrameSealer } from '../../../../services/protocol/wire/halo-frame.ts';
import { FENCE, HaloNetwork, message } from './halo-streams-fixture.ts';

const PEER = { origin: 'http://backend-1:9000', bootId: 'boot-1' };
const KEY = new Uint8Array(32);

/** The end of a stream at which messages arrive. */
class ArrivingStream implements ByteStream {
  readonly waitingBytes = 0;
  readonly sealer = new FrameSealer(KEY);
  listener: StreamListener | undefined;

  write(): void {}

  listen(listener: StreamListener): void {
    this.listener = listener;
  }

  destroy(): void {
    this.end();
  }

  end(cause?: Error): void {
    const { listener } = this;
    this.listener = undefined;
    listener?.end(cause);
  }

  arrive(...chunks: Uint8Array[]): void {
    for (const byte of chunks.flatMap((chunk) => [...chunk])) {
      const room = this.listener?.room();
      if (room === undefined) return;
      room[0] = byte;
      this.listener?.filled(1);
    }
  }

  frame(payload: Uint8Array): void {
    this.arrive(this.sealer.seal(FENCE, payload), payload);
  }
}

let net: HaloNetwork;
/** The stream that is opened next, or why there is none. */
let answer: () => Promise<ArrivingStream>;
/** What the subscriber was told. */
let told: unknown[];
let subscription: StreamHaloSubscription;
beforeEach(() => {
  net = new HaloNetwork();
  told = [];
});

async function subscribe(): Promise<void> {
  const { clock, log } = net;
  const parts = {
    client: { openHalos: async () => ({ stream: await answer(), key: KEY }) },
    ...{ fence: () => FENCE, admit: () => undefined, clock, log },
    randomness: { uuid: () => '', fraction: () => 0 },
  };
  subscription = new StreamHaloSubscription(
    PEER,
    {
      maxBytes: 100,
      room: (header, bytes) => {
        told.push(['room', header[0], bytes]);
        return new Uint8Array(bytes);
      },
      accept: ([first]) => told.push(['accept', first]),
      refuse: ([first]) => told.push(['refuse', first]),
      troubled: (error) => told.push(['troubled', error]),
      well: () => told.push(['well']),
      ended: () => told.push(['ended']),
    },
    parts,
  );
  await net.settle();
}

async function open(): Promise<ArrivingStream> {
  const stream = new ArrivingStream();
  answer = async () => stream;
  await subscribe();
  answer = () => new Promise(() => undefined);
  return stream;
}

test('the subscriber says where a message goes, by its first bytes', async () => {
  const stream = await open();
  stream.frame(message(7));
  expect(told).toEqual([['well'], ['room', 7, 50], ['accept', 7]]);
});

test('the end of a stream is noted with its cause, and told', async () => {
  const stream = await open();
  const cause = new Error('connection reset');
  stream.end(cause);
  await net.settle();
  expect(told).toEqual([['well'], ['ended']]);
  expect(net.log.lines).toEqual([
    {
      level: 'debug',
      message: 'A stream of halos has ended.',
      fields: { peer: 'boot-1', err: cause },
    },
  ]);
});

test('a stream of which all is missed for long is noted, and given up', async () => {
  await open();
  subscription.missed();
  await net.clock.advance(2_000);
  expect(told).toEqual([['well']]);
  subscription.missed();
  await net.settle();
  expect(told).toEqual([['well'], ['ended']]);
  expect(net.log.lines[0]).toEqual({
    level: 'debug',
    message: 'Halos are pulled and do not arrive.',
    fields: { peer: 'boot-1' },
  });
});

test('a stream of nonsense is broken off with a warning', async () => {
  const stream = await open();
  stream.arrive(new Uint8Array(100).fill(255));
  await net.settle();
  expect(net.warnings).toEqual([
    {
      level: 'warn',
      message: 'A stream of halos is broken off.',
      fields: { peer: 'boot-1', why: expect.stringContaining('bytes') },
    },
  ]);
});

test('while there is no stream there is nothing to miss or to reset', async () => {
  answer = () => new Promise(() => undefined);
  await subscribe();
  subscription.missed();
  await net.clock.advance(60_000);
  subscription.missed();
  expect(() => subscription.reset()).not.toThrow();
  expect([told, net.log.lines]).toEqual([[], []]);
});

test('once it is closed nothing is told of a request that fails', async () => {
  let fail = (_error: Error) => {};
  answer = () =>
    new Promise((_, reject) => {
      fail = reject;
    });
  await subscribe();
  subscription.close();
  fail(new Error('connection refused'));
  await net.clock.advance(60_000);
  expect([told, net.clock.pendingTimers]).toEqual([[], 0]);
});
