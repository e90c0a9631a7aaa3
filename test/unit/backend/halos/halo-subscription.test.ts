import { beforeEach, describe, expect, test } from 'vitest';
import { StreamHaloSubscription } from '../../../../services/backend/halos/halo-subscription.ts';
import { RpcClient } from '../../../../services/platform/rpc/rpc-client.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { HaloSender, type SentStream } from '../../../support/halos/halo-sender.ts';
import { FENCE, HaloNetwork, message, RECEIVER, SECRET, SENDER } from './halo-streams-fixture.ts';

const TARGET = { origin: SENDER, bootId: 'sender' };

let net: HaloNetwork;
let sender: HaloSender;
/** How often a stream was asked for. */
let asked: number;
/** What the subscriber was told. */
let reports: string[];
/** The first byte of each message that it took. */
let taken: (number | undefined)[];
/** What is thrown instead of taking a message. */
let refusal: Error | undefined;
let admit: () => void;
let subscription: StreamHaloSubscription;
beforeEach(() => {
  net = new HaloNetwork();
  sender = new HaloSender({ secret: SECRET, bootId: 'sender', fence: FENCE });
  [asked, reports, taken, refusal, admit] = [0, [], [], undefined, () => undefined];
});

/** Puts the sender on the network. */
function attach(): void {
  net.network.attach(SENDER, {
    fetch: () => new Response(),
    upgrade: (request) => {
      asked++;
      return sender.upgrade(request);
    },
  });
}

async function subscribe(): Promise<void> {
  const { clock, log, network } = net;
  const transport = network.transportOf(RECEIVER);
  const client = new RpcClient({ transport, secret: SECRET, selfBootId: 'receiver' });
  const subscriber = {
    maxBytes: 100,
    room: (_header: Uint8Array, bytes: number) => new Uint8Array(bytes),
    accept: ([first]: Uint8Array) => {
      if (refusal !== undefined) throw refusal;
      taken.push(first);
    },
    refuse: ([first]: Uint8Array) => reports.push(`refused: ${first}`),
    troubled: (error: unknown) => {
      const { code, reason } = error as { code?: string; reason?: string };
      reports.push(`troubled: ${code ?? reason}`);
    },
    well: () => reports.push('well'),
    ended: () => reports.push('ended'),
  };
  // The longest pauses, so that they can be counted exactly.
  const randomness = { uuid: () => '', fraction: () => 0 };
  const parts = { client, fence: () => FENCE, admit: () => admit(), clock, randomness, log };
  subscription = new StreamHaloSubscription(TARGET, subscriber, parts);
  await net.settle();
}

async function open(): Promise<SentStream> {
  attach();
  await subscribe();
  return sender.latest;
}

/** Something is pulled every 200 ms. */
async function pullFor(durationMs: number): Promise<void> {
  for (let ms = 0; ms < durationMs; ms += 200) {
    await net.clock.advance(200);
    subscription.missed();
  }
}

describe('a subscription', () => {
  test('asks for a stream at once and hands on what comes', async () => {
    const stream = await open();
    expect([stream.subscriber, asked, reports]).toEqual(['receiver', 1, ['well']]);
    for (const first of [1, 2]) stream.send(message(first));
    await net.settle();
    expect(taken).toEqual([1, 2]);
  });

  test('tries again with growing pauses while nothing listens', async () => {
    let attempts = 0;
    net.network.setFault(() => {
      attempts++;
      return 'refuse';
    });
    attach();
    await subscribe();
    await net.clock.advance(10_000);
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThan(20);
    expect(new Set(reports)).toEqual(new Set(['troubled: refused']));
    net.network.setFault();
    await net.clock.advance(1_100);
    expect([reports.at(-1), asked]).toEqual(['well', 1]);
  });

  test('that was cut off asks again at once, without trouble', async () => {
    await open();
    await net.clock.advance(2_000);
    sender.latest.stream.destroy();
    await net.settle();
    sender.latest.send(message(1));
    await net.settle();
    expect([asked, taken, reports]).toEqual([2, [1], ['well', 'ended', 'well']]);
  });

  test('does not storm a neighbour that breaks every stream', async () => {
    sender.onStream = ({ stream }) => stream.destroy();
    attach();
    await subscribe();
    await net.clock.advance(10_000);
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(20);
  });

  test('reports why a message was not taken, and stays', async () => {
    const stream = await open();
    refusal = new ColonyError('HALO_INVALID', 'no halo');
    stream.send(message(1));
    await net.settle();
    expect(reports).toEqual(['well', 'troubled: HALO_INVALID']);
    refusal = undefined;
    stream.send(message(2));
    await net.settle();
    expect([taken, asked]).toEqual([[2], 1]);
  });

  test('does not take what comes under a former fence, and stays', async () => {
    const stream = await open();
    admit = () => {
      throw new ColonyError('STALE_FENCE', 'seen 9.9.9');
    };
    stream.send(message(1));
    await net.settle();
    admit = () => undefined;
    stream.send(message(2));
    await net.settle();
    expect([taken, asked]).toEqual([[2], 1]);
    expect(reports).toEqual(['well', 'refused: 1', 'troubled: STALE_FENCE']);
  });

  test('does not take what comes under a fence that ends its topology', async () => {
    const stream = await open();
    admit = () => subscription.close();
    stream.send(message(1));
    await net.settle();
    expect([taken, reports, stream.isEnded]).toEqual([[], ['well', 'ended'], true]);
  });

  test('reports why there is no stream', async () => {
    sender.admit = () => {
      throw new ColonyError('STALE_FENCE', 'seen 9.9.9');
    };
    attach();
    await subscribe();
    expect(reports).toEqual(['troubled: STALE_FENCE']);
  });

  test('whose stream has fallen silent asks for another once all had to be pulled for a while', async () => {
    const stream = await open();
    stream.send(message(1));
    await net.settle();
    net.network.setFault(() => 'drop-request');
    stream.send(message(2));
    await pullFor(1_800);
    expect(asked).toBe(1);
    net.network.setFault();
    await pullFor(600);
    sender.latest.send(message(3));
    await net.settle();
    expect([asked, taken]).toEqual([2, [1, 3]]);
  });

  test('asks for another ever more seldom where that does not help', async () => {
    await open();
    await pullFor(40_000);
    // After 2, 4, 8 and 16 seconds.
    expect(asked).toBe(5);
  });

  test('stays when something arrives in between', async () => {
    const stream = await open();
    for (let round = 0; round < 5; round++) {
      await pullFor(1_800);
      stream.send(message(round));
      await net.settle();
    }
    expect(asked).toBe(1);
  });

  test('asks for another with growing pauses when it gives up one after the other', async () => {
    await open();
    const pausesMs: number[] = [];
    for (let round = 0; round < 4; round++) {
      // Long enough to be a good one, if it had ended by itself.
      await net.clock.advance(1_500);
      subscription.reset();
      const [before, sinceMs] = [asked, net.clock.nowMs()];
      while (asked === before) await net.clock.advance(10);
      pausesMs.push(net.clock.nowMs() - sinceMs);
    }
    expect(pausesMs).toEqual([50, 100, 200, 400]);
  });

  test('that is closed ends its stream and asks for no other', async () => {
    const stream = await open();
    subscription.close();
    await net.clock.advance(60_000);
    expect([stream.isEnded, asked, reports]).toEqual([true, 1, ['well', 'ended']]);
    expect(net.clock.pendingTimers).toBe(0);
  });

  test('that is closed while it asks leaves no stream behind', async () => {
    attach();
    const opened = subscribe();
    subscription.close();
    await opened;
    await net.settle();
    expect([sender.latest.isEnded, reports]).toEqual([true, []]);
  });
});

/** Bytes of which the first say, as in a frame, how many there are behind the header. */
const noFrame = (bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, i) => (i > 0 ? 0 : bytes - 48));

describe('a stream is broken off, with a warning that says why, by', () => {
  const cases: [name: string, write: (to: SentStream) => void, why: string][] = [
    ['a message larger than any may be', (to) => to.send(message(1, 101)), '101 bytes'],
    ['a message smaller than a header', (to) => to.send(message(1, 31)), '31 bytes'],
    ['bytes that are no frame', (to) => to.stream.write(noFrame(100)), 'tag of frame 0'],
    [
      'a frame that was changed',
      (to) => to.stream.write(to.frame(message(1)).map((byte, i) => (i === 60 ? 1 : byte))),
      'tag of frame 0',
    ],
    [
      'a frame that comes again',
      (to) => {
        const frame = to.frame(message(1));
        to.stream.write(frame, frame);
      },
      'tag of frame 1',
    ],
    [
      'a frame after one that was lost',
      (to) => {
        to.frame(message(1));
        to.send(message(2));
      },
      'tag of frame 0',
    ],
  ];
  test.each(cases)('%s', async (_name, write, why) => {
    const stream = await open();
    write(stream);
    await net.settle();
    expect(stream.isEnded).toBe(true);
    expect(net.warnings).toMatchObject([
      { fields: { peer: 'sender', why: expect.stringContaining(why) } },
    ]);
  });

  test('a frame that does not end', async () => {
    const stream = await open();
    for (const byte of stream.frame(message(1)).subarray(0, 5)) {
      stream.stream.write(Uint8Array.of(byte));
      await net.clock.advance(1_000);
    }
    expect(stream.isEnded).toBe(false);
    await net.clock.advance(10_000);
    expect(stream.isEnded).toBe(true);
    expect(net.warnings).toMatchObject([{ fields: { why: expect.stringContaining('10000 ms') } }]);
  });
});

test('there is no timer running between frames', async () => {
  const sent = await open();
  const { stream } = sent;
  const frame = sent.frame(message(1));
  stream.write(frame.subarray(0, 10));
  await net.settle();
  stream.write(frame.subarray(10));
  await net.clock.advance(10_000);
  expect([net.clock.pendingTimers, taken]).toEqual([0, [1]]);
});
