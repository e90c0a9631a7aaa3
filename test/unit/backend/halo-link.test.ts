import { beforeEach, describe, expect, test } from 'vitest';
import { StreamHaloLink } from '../../../services/backend/halo-link.ts';
import type { ByteStream, StreamListener } from '../../../services/platform/byte-stream.ts';
import { haloUpgradeHandler } from '../../../services/platform/halo-upgrade.ts';
import { ColonyError } from '../../../services/protocol/errors.ts';
import { ReplayGuard } from '../../../services/protocol/rpc-auth.ts';
import { FENCE, HaloStreams, message, RECEIVER, SECRET, TARGET } from './halo-streams-fixture.ts';

let streams: HaloStreams;
beforeEach(() => {
  streams = new HaloStreams();
});

/** Sends a message every 10 ms. */
async function sendFor(link: StreamHaloLink, durationMs: number): Promise<void> {
  for (let ms = 0; ms < durationMs; ms += 10) {
    link.send(message(1));
    await streams.clock.advance(10);
  }
}

/** Sends a message every 200 ms, which the peer then pulls. */
async function sendAndPullFor(link: StreamHaloLink, durationMs: number): Promise<void> {
  for (let ms = 0; ms < durationMs; ms += 200) {
    const pulled = message(2);
    link.send(pulled);
    await streams.clock.advance(200);
    link.missed(pulled);
  }
}

/** A stream of which nothing arrives. */
class HeldStream implements ByteStream {
  /** The first byte of each message. */
  readonly written: (number | undefined)[] = [];
  waitingBytes = 0;
  /** Whether what is written waits. */
  isStuck = false;
  isDestroyed = false;
  #listener: StreamListener | undefined;

  write(_header: Uint8Array, payload?: Uint8Array): void {
    this.written.push(payload?.[0]);
    if (this.isStuck) this.waitingBytes += payload?.byteLength ?? 0;
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#listener?.end();
  }
}

const KEYS = { halos: new Uint8Array(32), refusals: new Uint8Array(32) };

/** A link to whom every attempt gives a stream. */
function linkTo(open: () => ByteStream, keys = KEYS): StreamHaloLink {
  const openHalos = async () => ({ stream: open(), keys });
  const { clock, log } = streams;
  return new StreamHaloLink(
    TARGET,
    { troubled: () => undefined, well: () => undefined },
    { client: { openHalos, call: () => Promise.reject() }, fence: () => FENCE, clock, log },
  );
}

describe('a link', () => {
  test('is opened by the first message and carries all of them', async () => {
    const { link, reports } = streams.link();
    await streams.settle();
    expect(streams.opened).toBe(0);
    for (const first of [1, 2]) link.send(message(first));
    await streams.settle();
    for (const first of [3, 4]) link.send(message(first));
    await streams.settle();
    expect(streams.host.firstBytes).toEqual([1, 2, 3, 4]);
    expect(streams.host.halos[0]).toMatchObject({ fence: FENCE, from: 'sender' });
    expect([streams.opened, reports]).toEqual([1, ['well']]);
  });

  test('keeps the two newest messages while it is opened', async () => {
    const { link } = streams.link();
    for (const first of [1, 2, 3, 4]) link.send(message(first));
    await streams.settle();
    expect(streams.host.firstBytes).toEqual([3, 4]);
  });

  test('tries again with growing pauses where nobody listens, until somebody does', async () => {
    let attempts = 0;
    streams.network.setFault(() => {
      attempts++;
      return 'refuse';
    });
    const { link, reports } = streams.link();
    await sendFor(link, 10_000);
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThan(20);
    expect(new Set(reports)).toEqual(new Set(['troubled: refused']));
    streams.network.setFault();
    await sendFor(link, 1_100);
    expect(reports.at(-1)).toBe('well');
    expect(streams.host.halos.length).toBeGreaterThan(0);
  });

  test('that was cut is opened by the next message, without trouble', async () => {
    const { link, reports } = streams.link();
    link.send(message(1));
    await streams.clock.advance(2_000);
    streams.network.detach(RECEIVER);
    streams.attach();
    await streams.settle();
    expect(streams.opened).toBe(1);
    link.send(message(2));
    await streams.settle();
    expect(streams.host.firstBytes).toEqual([1, 2]);
    expect(reports).toEqual(['well', 'well']);
  });

  test('does not storm a receiver that breaks every connection', async () => {
    streams.network.detach(RECEIVER);
    let opened = 0;
    const { log } = streams;
    const upgrade = haloUpgradeHandler(
      { secret: SECRET, bootId: TARGET.bootId, guard: new ReplayGuard(), log },
      {
        admit: () => undefined,
        accept: (_call, stream) => {
          opened++;
          stream.destroy();
        },
      },
    );
    streams.network.attach(RECEIVER, { fetch: () => new Response(), upgrade });
    const { link } = streams.link();
    await sendFor(link, 10_000);
    expect(opened).toBeGreaterThan(8);
    expect(opened).toBeLessThan(20);
  });

  test('reports why a message was refused, and stays', async () => {
    const { link, reports } = streams.link();
    streams.host.refusal = new ColonyError('TOPOLOGY_NOT_INITIALIZED', 'no topology is held');
    link.send(message(1));
    await streams.settle();
    expect(reports).toEqual(['well', 'troubled: TOPOLOGY_NOT_INITIALIZED']);
    streams.host.refusal = undefined;
    link.send(message(2));
    await streams.settle();
    expect([streams.host.firstBytes, streams.opened]).toEqual([[2], 1]);
  });

  test('reports why it is not opened', async () => {
    streams.host.admit = () => {
      throw new ColonyError('STALE_FENCE', 'seen 9.9.9');
    };
    const { link, reports } = streams.link();
    link.send(message(1));
    await streams.settle();
    expect(reports).toEqual(['troubled: STALE_FENCE']);
  });

  test('that has fallen silent is opened anew once the peer had to pull for a while', async () => {
    const { link } = streams.link();
    link.send(message(1));
    await streams.settle();
    streams.network.setFault(() => 'drop-request');
    await sendAndPullFor(link, 1_800);
    expect(streams.opened).toBe(1);
    streams.network.setFault();
    await sendAndPullFor(link, 400);
    link.send(message(3));
    await streams.settle();
    expect(streams.opened).toBe(2);
    expect(streams.host.firstBytes).toEqual([1, 3]);
  });

  test('is opened anew ever more seldom where that does not help', async () => {
    let opened = 0;
    const link = linkTo(() => {
      opened++;
      return new HeldStream();
    });
    await sendAndPullFor(link, 40_000);
    // After 2, 4, 8 and 16 seconds.
    expect(opened).toBe(5);
  });

  test('is opened anew where nothing is sent any more, since too much waits', async () => {
    const made: HeldStream[] = [];
    const link = linkTo(() => {
      const stream = new HeldStream();
      stream.isStuck = true;
      made.push(stream);
      return stream;
    });
    await sendAndPullFor(link, 3_000);
    expect(made.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false]);
  });

  test('stays when the peer pulls what was sent a moment ago', async () => {
    const { link } = streams.link();
    link.send(message(1));
    await streams.settle();
    streams.network.setFault(() => ({ delayMs: 500 }));
    const late = message(2);
    link.send(late);
    await streams.clock.advance(200);
    link.missed(late);
    await streams.clock.advance(300);
    expect(streams.host.firstBytes).toEqual([1, 2]);
    link.send(message(3));
    await streams.clock.advance(500);
    expect([streams.host.firstBytes, streams.opened]).toEqual([[1, 2, 3], 1]);
  });

  test('stays when the peer stands still for long and then pulls what lies in its socket', async () => {
    const { link } = streams.link();
    for (let pause = 0; pause < 3; pause++) {
      const sent = message(1);
      link.send(sent);
      await streams.clock.advance(10_000);
      link.missed(sent);
      await sendFor(link, 100);
    }
    expect(streams.opened).toBe(1);
  });

  test('stays when the peer pulls what it refused, or what was never sent', async () => {
    const { link } = streams.link();
    streams.host.refusal = new ColonyError('STALE_FENCE', 'seen 9.9.9');
    const refused = message(1);
    link.send(refused);
    await streams.settle();
    link.missed(refused);
    link.missed(message(2));
    await streams.settle();
    streams.host.refusal = undefined;
    link.send(message(3));
    await streams.settle();
    expect([streams.host.firstBytes, streams.opened]).toEqual([[3], 1]);
  });

  test('that is closed ends its stream and sends nothing', async () => {
    const { link, reports } = streams.link();
    link.send(message(1));
    await streams.settle();
    link.close();
    link.send(message(2));
    await streams.settle();
    expect(streams.host.firstBytes).toEqual([1]);
    expect([streams.receiver.streams, streams.opened, reports]).toEqual([0, 1, ['well']]);
  });

  test('that is closed while it is opened leaves no stream behind', async () => {
    const { link, reports } = streams.link();
    link.send(message(1));
    link.close();
    await streams.settle();
    expect([streams.opened, streams.receiver.streams, reports]).toEqual([1, 0, []]);
  });

  test('leaves no stream behind that it cannot use', async () => {
    const stream = new HeldStream();
    const link = linkTo(() => stream, { ...KEYS, halos: new Uint8Array(1) });
    link.send(message(1));
    await streams.settle();
    expect([stream.written, stream.isDestroyed]).toEqual([[], true]);
  });

  test('is idle when nothing that it was given waits any more', async () => {
    const stream = new HeldStream();
    const link = linkTo(() => stream);
    const states = [link.isIdle];
    link.send(message(1));
    // It is being opened, and the message waits for that.
    states.push(link.isIdle);
    await streams.settle();
    states.push(link.isIdle);
    stream.isStuck = true;
    link.send(message(2));
    states.push(link.isIdle);
    stream.waitingBytes = 0;
    states.push(link.isIdle);
    expect(states).toEqual([true, false, true, false, true]);
  });

  test('leaves out what would be the third to wait', async () => {
    const stream = new HeldStream();
    stream.isStuck = true;
    const link = linkTo(() => stream);
    link.send(message(1));
    await streams.settle();
    link.send(message(2));
    link.send(message(3));
    stream.waitingBytes = 0;
    link.send(message(4));
    expect(stream.written).toEqual([1, 2, 4]);
  });
});
