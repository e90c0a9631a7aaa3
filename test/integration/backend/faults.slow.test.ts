import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ByteStream,
  isStream,
  type UpgradeHandler,
} from '../../../services/platform/rpc/byte-stream.ts';
import { HALO_PATH } from '../../../services/protocol/wire/halo-handshake.ts';
import { rpcPath } from '../../../services/protocol/wire/rpc.ts';
import type { Fault, FaultFunction } from '../../simulation/network/memory-network.ts';
import { Cluster, expectedDigest } from './harness.ts';

const HALO_PATHS = [HALO_PATH, rpcPath('pullHalo')];

/** Faults on halos by a fixed sequence, so that a failing run is the same again. */
function haloFaults(faultOf: (draw: number) => Fault | undefined): FaultFunction {
  let state = 12345;
  return ({ path }) => {
    if (!HALO_PATHS.includes(path)) return undefined;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return faultOf(state / 2 ** 32);
  };
}

/** Streams that bring something else than was sent. */
function changed(
  upgrade: UpgradeHandler,
  change: (chunk: Uint8Array) => Uint8Array,
): UpgradeHandler {
  return (request) => {
    const answer = upgrade(request);
    if (!isStream(answer)) return answer;
    const run = (stream: ByteStream) =>
      answer.run({
        write: (...chunks) => stream.write(change(Buffer.concat(chunks))),
        get waitingBytes() {
          return stream.waitingBytes;
        },
        listen: (listener) => stream.listen(listener),
        destroy: () => stream.destroy(),
      });
    return { ...answer, run };
  };
}

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

async function expectSameDigests(): Promise<void> {
  cluster.ticksPerSecond = 100;
  await cluster.start();
  await cluster.runTo(100);
  expect([0, 100].map((tick) => cluster.digestAt(tick))).toEqual(
    [0, 100].map((t) => expectedDigest(t)),
  );
}

describe('the digests stay the same', () => {
  test('when halos are dropped', async () => {
    cluster.network.setFault(haloFaults((draw) => (draw < 0.1 ? 'drop-request' : undefined)));
    await expectSameDigests();
  });

  test('when the answers to halos are dropped', async () => {
    cluster.network.setFault(haloFaults((draw) => (draw < 0.1 ? 'drop-answer' : undefined)));
    await expectSameDigests();
  });

  test('when connections for halos are refused', async () => {
    cluster.network.setFault(haloFaults((draw) => (draw < 0.1 ? 'refuse' : undefined)));
    await expectSameDigests();
  });

  test('when halos are delayed', async () => {
    cluster.network.setFault(
      haloFaults((draw) => (draw < 0.3 ? { delayMs: Math.round(draw * 3000) } : undefined)),
    );
    await expectSameDigests();
  });

  test.each<[string, (chunk: Uint8Array) => Uint8Array]>([
    ['delivered twice', (chunk) => Buffer.concat([chunk, chunk])],
    ['changed', (chunk) => chunk.map((byte, i) => (i === chunk.length - 1 ? byte ^ 1 : byte))],
    ['cut', (chunk) => chunk.subarray(0, -1)],
  ])('when now and then what comes by streams is %s', async (_what, change) => {
    let chunks = 0;
    for (const { backend, target } of cluster.members) {
      cluster.network.detach(target.origin);
      cluster.network.attach(target.origin, {
        fetch: backend.app.fetch,
        upgrade: changed(backend.upgrade, (chunk) => (++chunks % 20 === 0 ? change(chunk) : chunk)),
      });
    }
    await expectSameDigests();
    expect(chunks).toBeGreaterThan(100);
  });

  test('when one backend pulls every halo because nothing sent to it arrives', async () => {
    const [{ target }] = cluster.members as [(typeof cluster.members)[0]];
    cluster.network.setFault(({ from, path }) =>
      from === target.origin && path === HALO_PATH ? 'refuse' : undefined,
    );
    await expectSameDigests();
  });

  test('when one backend hears of a new leader before the others', async () => {
    cluster.ticksPerSecond = 100;
    await cluster.start();
    await cluster.runFor(200, 100);
    const [first] = cluster.members as [(typeof cluster.members)[0]];
    await first.ask('ping', {}, { epoch: 2 });
    // The others are only told by its pulls and halos: no heartbeat of the new leader yet.
    await cluster.clock.advance(3_000);
    expect(cluster.members.map(({ backend }) => backend.status().fence.epoch)).toEqual([
      2, 2, 2, 2,
    ]);
    cluster.fence = { ...cluster.fence, epoch: 2 };
    await cluster.runTo(100);
    expect(cluster.digestAt(100)).toBe(expectedDigest(100));
  });
});

test('an outage of a neighbour is warned of once, and its end is told', async () => {
  cluster.ticksPerSecond = 100;
  await cluster.start();
  await cluster.runFor(200, 1000);
  cluster.network.setFault(({ from, to, path }) =>
    HALO_PATHS.includes(path) && [from, to].includes('http://backend-3:9000')
      ? 'refuse'
      : undefined,
  );
  await cluster.runFor(10_000, 1000);
  const warnings = cluster.log.lines.filter(({ level }) => level === 'warn');
  const outages = warnings.map(({ fields }) => `${fields['backend']} → ${fields['peer']}`);
  expect(new Set(outages).size).toBe(outages.length);
  expect(outages).toContain('3 → boot-0');
  cluster.network.setFault();
  await cluster.runFor(2_000, 1000);
  const mended = cluster.log.messages('info').filter((m) => m === 'Halos get through again.');
  expect(mended).toHaveLength(outages.length);
});
