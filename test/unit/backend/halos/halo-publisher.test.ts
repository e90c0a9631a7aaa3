import { beforeEach, describe, expect, test } from 'vitest';
import { HaloPublisher } from '../../../../services/backend/halos/halo-publisher.ts';
import {
  type ByteStream,
  isStream,
  type StreamListener,
} from '../../../../services/platform/rpc/byte-stream.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { BACKENDS_MAX } from '../../../../services/protocol/common/limits.ts';
import { FRAME_HEADER_BYTES } from '../../../../services/protocol/wire/halo-frame.ts';
import {
  HALO_PATH,
  HALO_PROTOCOL,
  NONCE_BYTES,
  signHello,
} from '../../../../services/protocol/wire/halo-handshake.ts';
import { ReplayGuard } from '../../../../services/protocol/wire/rpc-auth.ts';
import { HaloSubscriberPeer } from '../../../support/halos/halo-subscriber.ts';
import { FENCE, HaloNetwork, message, RECEIVER, SECRET, SENDER } from './halo-streams-fixture.ts';

const TARGET = { origin: SENDER, bootId: 'sender' };

let net: HaloNetwork;
let publisher: HaloPublisher;
let fence: typeof FENCE;
let admit: () => void;
/** What is kept for a peer. */
let kept: Map<string, Uint8Array[]>;
let sequence: number;
beforeEach(() => {
  net = new HaloNetwork();
  [fence, admit, kept, sequence] = [FENCE, () => undefined, new Map(), 0];
  const { log } = net;
  publisher = new HaloPublisher(
    { secret: SECRET, bootId: TARGET.bootId, guard: new ReplayGuard(), log },
    {
      admit: () => admit(),
      fence: () => fence,
      keptHalos: (bootId) => kept.get(bootId) ?? [],
    },
  );
  net.network.attach(SENDER, { fetch: () => new Response(), upgrade: publisher.upgrade });
});

const subscribe = (sender = 'receiver') =>
  HaloSubscriberPeer.open({
    transport: net.network.transportOf(RECEIVER),
    secret: SECRET,
    sender,
    target: TARGET,
    fence: FENCE,
    sequence: sequence++,
  });

/** A stream of which nothing arrives. */
class HeldStream implements ByteStream {
  /** The first byte of each message. */
  readonly written: (number | undefined)[] = [];
  waitingBytes = 0;
  /** Whether what is written waits. */
  isStuck = false;
  isDestroyed = false;
  #listener: StreamListener | undefined;

  write(...chunks: Uint8Array[]): void {
    this.written.push(chunks[1]?.[0]);
    if (!this.isStuck) return;
    for (const { byteLength } of chunks) this.waitingBytes += byteLength;
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#listener?.end();
  }
}

/** A subscriber on this stream. */
function subscribeOn(stream: ByteStream): void {
  const call = { senderBootId: 'receiver', targetBootId: 'sender', sequence: sequence++, fence };
  const headers = signHello(SECRET, call, new Uint8Array(NONCE_BYTES));
  const header = (name: string) => headers[name];
  const answer = publisher.upgrade({ path: HALO_PATH, protocol: HALO_PROTOCOL, header });
  if (!isStream(answer)) throw new Error(`refused: ${answer.status}`);
  answer.run(stream);
}

describe('HaloPublisher', () => {
  test('sends to its subscribers only', async () => {
    const [first, second] = [await subscribe('boot-1'), await subscribe('boot-2')];
    publisher.send('boot-1', message(1));
    publisher.send('boot-3', message(3));
    await net.settle();
    expect([first.firstBytes, second.firstBytes]).toEqual([[1], []]);
  });

  test('sends under the fence of that moment', async () => {
    const peer = await subscribe();
    fence = { ...FENCE, epoch: 5 };
    publisher.send('receiver', message(1));
    await net.settle();
    expect(peer.frames).toEqual([{ fence, payload: Buffer.from(message(1)) }]);
  });

  test('sends what is kept to who subscribes late', async () => {
    kept.set('receiver', [message(1), message(2)]);
    const peer = await subscribe();
    await net.settle();
    expect(peer.firstBytes).toEqual([1, 2]);
  });

  test('takes a newer stream of a peer in place of the older one', async () => {
    const older = await subscribe();
    const newer = await subscribe();
    await older.ended;
    publisher.send('receiver', message(1));
    await net.settle();
    expect([publisher.streams, newer.firstBytes]).toEqual([1, [1]]);
  });

  test('holds no more streams than there are backends: the oldest has to go', async () => {
    const oldest = await subscribe('boot-0');
    for (let i = 1; i < BACKENDS_MAX; i++) await subscribe(`boot-${i}`);
    expect([publisher.streams, oldest.isEnded]).toEqual([BACKENDS_MAX, false]);
    await subscribe('one more');
    await oldest.ended;
    expect(publisher.streams).toBe(BACKENDS_MAX);
  });

  test('forgets a stream that its subscriber ends', async () => {
    const peer = await subscribe();
    peer.stream.destroy();
    await net.settle();
    expect(publisher.streams).toBe(0);
  });

  test('cuts off a subscriber that speaks', async () => {
    const peer = await subscribe();
    peer.stream.write(Uint8Array.of(1));
    await peer.ended;
    expect(publisher.streams).toBe(0);
  });

  test('refuses a stream under a former fence', async () => {
    admit = () => {
      throw new ColonyError('STALE_FENCE', 'seen 9.9.9');
    };
    await expect(subscribe()).rejects.toThrow('STALE_FENCE');
    expect(publisher.streams).toBe(0);
  });

  test('once closed, ends all streams and opens no more', async () => {
    const peer = await subscribe();
    publisher.close();
    await peer.ended;
    await expect(subscribe()).rejects.toThrow(/BACKEND_FAILED.*the backend stops/);
    publisher.send('receiver', message(1));
    await net.settle();
    expect([publisher.streams, peer.firstBytes]).toEqual([0, []]);
  });

  test('has nothing to do for a peer that has not subscribed', () => {
    for (const one of [publisher.makeRoom, publisher.abandon]) {
      expect(() => one.call(publisher, 'boot-9')).not.toThrow();
    }
    expect(net.log.lines).toEqual([]);
  });

  test('gives a stream up in which an older message waits when its place is needed', () => {
    const stream = new HeldStream();
    stream.isStuck = true;
    subscribeOn(stream);
    publisher.send('receiver', message(1));
    publisher.makeRoom('receiver');
    publisher.send('receiver', message(2));
    expect([stream.written, stream.isDestroyed]).toEqual([[1, 2], false]);
    publisher.makeRoom('receiver');
    expect([stream.isDestroyed, publisher.streams]).toEqual([true, 0]);
    const waitingBytes = 2 * (FRAME_HEADER_BYTES + message(1).length);
    expect(net.log.lines).toEqual([
      {
        level: 'debug',
        message: 'A stream of halos does not get on.',
        fields: { peer: 'receiver', waitingBytes },
      },
    ]);
  });

  test('gives no stream up that gets on', () => {
    const stream = new HeldStream();
    stream.isStuck = true;
    subscribeOn(stream);
    for (const first of [1, 2, 3]) {
      publisher.makeRoom('receiver');
      publisher.send('receiver', message(first));
      stream.waitingBytes = Math.min(stream.waitingBytes, FRAME_HEADER_BYTES + message(1).length);
    }
    expect(stream.isDestroyed).toBe(false);
  });

  test('gives a stream up in which anything waits when its exchange is over', () => {
    const streams = [true, false].map((isStuck) => {
      const stream = new HeldStream();
      stream.isStuck = isStuck;
      subscribeOn(stream);
      publisher.send('receiver', message(1));
      publisher.abandon('receiver');
      return stream;
    });
    expect(streams.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false]);
  });
});
