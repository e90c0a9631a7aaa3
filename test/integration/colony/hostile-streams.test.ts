import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HALO_HEADER_BYTES } from '../../../services/protocol/wire/halo-codec.ts';
import { NONCE_HEADER, signHello } from '../../../services/protocol/wire/halo-handshake.ts';
import { rpcPath } from '../../../services/protocol/wire/rpc.ts';
import { signCall } from '../../../services/protocol/wire/rpc-auth.ts';
import { BesiegedColony, type Refusal } from '../../simulation/besieged-colony.ts';
import { type BackendMember, TEST_SECRET } from '../../simulation/colony-cluster.ts';
import { HaloSender, type SentStream } from '../../support/halos/halo-sender.ts';
import { askForHalos, type HelloOptions } from '../../support/halos/halo-subscriber.ts';

/**
 * Streams of halos as a stranger, a replay or a broken peer asks for them or fills them: each is refused or
 * ended, and the world ticks on.
 */

let colony: BesiegedColony;
beforeAll(async () => {
  colony = await BesiegedColony.start('the-key');
});
afterEach(() => colony.expectItTicksOn());
afterAll(() => colony.cluster.close());

describe('on the streams of halos of a backend', () => {
  const target = () => {
    const { origin, entry } = colony.backends[0] as BackendMember;
    return { origin, bootId: entry.bootId };
  };
  const neighbour = () => colony.backends[1] as BackendMember;
  /** Apart from those of the real process, and not so far that its own would be too old. */
  let sequence = 400;
  const options = (change: Partial<HelloOptions> = {}): HelloOptions => ({
    transport: colony.cluster.network.transportOf('http://10.9.9.9:1'),
    secret: TEST_SECRET,
    sender: neighbour().entry.bootId,
    target: target(),
    fence: (colony.backends[0] as BackendMember).backend.status().fence,
    sequence: ++sequence,
    ...change,
  });
  const during = <T>(promise: Promise<T>) => colony.cluster.during(promise);

  /** In place of the neighbour, for streams alone. */
  let sender: HaloSender;
  beforeAll(() => {
    const { entry, origin, backend } = neighbour();
    const { fence } = backend.status();
    sender = new HaloSender({ secret: TEST_SECRET, bootId: entry.bootId, fence });
    colony.cluster.network.detach(origin);
    colony.cluster.network.attach(origin, { fetch: backend.app.fetch, upgrade: sender.upgrade });
  });
  afterAll(() => {
    const { origin, backend } = neighbour();
    colony.cluster.network.detach(origin);
    colony.cluster.network.attach(origin, { fetch: backend.app.fetch, upgrade: backend.upgrade });
  });

  /** The stream that the backend has from there. */
  async function openStream(): Promise<SentStream> {
    const { bootId } = target();
    const find = () => sender.streams.findLast((s) => s.subscriber === bootId && !s.isEnded);
    await colony.cluster.until(() => find() !== undefined, 'a stream of halos', 20_000);
    return find() as SentStream;
  }

  const backendId = () => (colony.backends[0] as BackendMember).entry.id;
  /** Codes of what the backend did not take from there. */
  const refusals = () =>
    colony.cluster.log.lines.flatMap(({ message, fields }) => {
      const isOurs = fields['peer'] === neighbour().entry.bootId;
      const isRefusal = isOurs && message.startsWith('A stream does not bring halos');
      const { code } = (fields['err'] ?? {}) as { code?: string };
      return isRefusal && fields['backend'] === backendId() && code !== undefined ? [code] : [];
    });

  /** The halo of its present tick that the neighbour has for this backend. */
  async function realHalo(): Promise<Uint8Array> {
    const { entry, origin, backend } = neighbour();
    const { fence, colony: held } = backend.status();
    const body = new TextEncoder().encode(JSON.stringify({ tick: held?.tick }));
    const path = rpcPath('pullHalo');
    const call = {
      senderBootId: target().bootId,
      targetBootId: entry.bootId,
      sequence: ++sequence,
      fence,
    };
    const headers = signCall(TEST_SECRET, call, 'POST', path, body);
    const request = backend.app.request(origin + path, { method: 'POST', body, headers });
    const response = await during(Promise.resolve(request));
    expect(response.status).toBe(200);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Why the backend does not take a message; nothing if it ends the stream. */
  async function refusalOf(message: Uint8Array): Promise<string | undefined> {
    const stream = await openStream();
    const before = refusals().length;
    stream.send(message);
    const isSettled = () => stream.isEnded || refusals().length > before;
    await colony.cluster.until(isSettled, 'a refusal', 20_000);
    return refusals()[before];
  }

  const expectRefusal = async (o: HelloOptions, headers: Record<string, string> = {}) => {
    const answer = await during(askForHalos(o, headers));
    expect('stream' in answer).toBe(false);
    if ('stream' in answer) return undefined;
    const { status, code } = JSON.parse(new TextDecoder().decode(answer.body)) as Refusal;
    expect(status).toBe(answer.status);
    return { status, code };
  };

  test('one who does not know the secret gets none', async () => {
    expect(await expectRefusal(options({ secret: 'guessed' }))).toEqual({
      status: 401,
      code: 'RPC_UNAUTHENTICATED',
    });
  });

  test('one who asks for another process gets none', async () => {
    const elsewhere = { ...target(), bootId: neighbour().entry.bootId };
    expect(await expectRefusal(options({ target: elsewhere }))).toMatchObject({
      code: 'FOREIGN_BOOT_ID',
    });
  });

  test('a request that is sent again gets none', async () => {
    const { fence, sender: senderBootId, target: to } = options();
    const call = { senderBootId, targetBootId: to.bootId, sequence: ++sequence, fence };
    const headers = signHello(TEST_SECRET, call, new Uint8Array(32));
    const first = await during(askForHalos(options(), headers));
    expect(first.status).toBe(101);
    expect(await expectRefusal(options(), headers)).toMatchObject({ code: 'RPC_REPLAYED' });
  });

  test.each(['', 'zz', '00'.repeat(31), '00'.repeat(33), '00'.repeat(32)])(
    'a request with %o in place of its nonce gets none',
    async (nonce) => {
      const refusal = await expectRefusal(options(), { [NONCE_HEADER]: nonce });
      expect(refusal).toEqual({ status: 401, code: 'RPC_UNAUTHENTICATED' });
    },
  );

  test('one of a former epoch gets none', async () => {
    const { fence } = options();
    const former = options({ fence: { ...fence, epoch: fence.epoch - 1 } });
    expect(await expectRefusal(former)).toEqual({ status: 409, code: 'STALE_FENCE' });
  });

  test.each<[what: string, change: (message: Uint8Array) => Uint8Array]>([
    ['nothing but its header is left', (m) => m.slice(0, HALO_HEADER_BYTES)],
    ['its last byte is cut', (m) => m.slice(0, -1)],
    ['it claims 4 GB of cells', (m) => setUint32(m, 24, 0xffff_ffff)],
    ['it is of the last tick there is', (m) => setUint32(m, 16, 0xffff_ffff)],
    ['its sender is not in the topology', (m) => setUint32(m, 20, 1_000)],
  ])('a halo of a real neighbour of which %s', async (_what, change) => {
    expect(await refusalOf(change(await realHalo()))).toBe('HALO_INVALID');
  });

  test.each<[what: string, change: (message: Uint8Array) => Uint8Array]>([
    ['nothing is left', () => new Uint8Array(0)],
    ['the header is cut', (m) => m.slice(0, HALO_HEADER_BYTES - 1)],
    ['there is one byte more', (m) => Buffer.concat([m, new Uint8Array(1)])],
    ['there are a million bytes more', (m) => Buffer.concat([m, new Uint8Array(1_000_000)])],
  ])('a halo of which %s ends the stream', async (_what, change) => {
    expect(await refusalOf(change(await realHalo()))).toBeUndefined();
  });

  test('any bytes instead of a halo', async () => {
    const bytes = fc.uint8Array({
      minLength: HALO_HEADER_BYTES,
      maxLength: 2 * HALO_HEADER_BYTES,
    });
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => (await refusalOf(body)) === 'HALO_INVALID'),
      { numRuns: 25 },
    );
  });

  test('a halo with any bytes of its header changed', async () => {
    const scribble = fc.array(
      fc.tuple(fc.nat(HALO_HEADER_BYTES - 1), fc.integer({ min: 1, max: 255 })),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(scribble, async (writes) => {
        const changes = new Map(writes);
        // Not the tick (16–19) alone: who holds the secret is believed that it is that far.
        fc.pre(
          [...changes.keys()].some((at) => at < 6 || (at >= 8 && at < 16) || (at >= 20 && at < 28)),
        );
        const message = await realHalo();
        for (const [at, by] of changes) message[at] = ((message[at] ?? 0) + by) & 255;
        return (await refusalOf(message)) === 'HALO_INVALID';
      }),
      { numRuns: 25 },
    );
  });

  test('any bytes instead of frames end the stream', async () => {
    const noise = fc.uint8Array({ minLength: 48, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        const stream = await openStream();
        // Its length says that the frame is complete.
        const frame = setUint32(setUint32(bytes, 0, bytes.length - 48), 4, 0);
        stream.stream.write(frame);
        await during(stream.ended);
      }),
      { numRuns: 25 },
    );
  });
});

function setUint32(bytes: Uint8Array, at: number, value: number): Uint8Array {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);
  return bytes;
}

test('after all of them the digests are those of the world in one piece, and nothing was unexpected', () =>
  colony.expectNoHarm());
