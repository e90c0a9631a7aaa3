import { expect, test } from 'vitest';
import {
  StreamHaloTransport,
  type StreamHaloTransportParts,
} from '../../../../services/backend/halos/stream-halo-transport.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { FENCE, HaloNetwork, message } from './halo-streams-fixture.ts';

const PEER = { origin: 'http://backend-1:9000', bootId: 'boot-1' };
const LIMITS = { maxBytes: 100_000, timeoutMs: 1_500 };

/** A transport, and what it asked of its client and its publisher. */
function transport() {
  const { clock, log } = new HaloNetwork();
  const asked: unknown[][] = [];
  const client = {
    call: async (...call: unknown[]) => {
      asked.push(call);
      return message(1);
    },
    openHalos: async (...call: unknown[]) => {
      asked.push(['openHalos', ...call]);
      throw new Error('nobody is there');
    },
  } as StreamHaloTransportParts['client'];
  const publisher = {
    send: (...call: unknown[]) => asked.push(['send', ...call]),
    makeRoom: (bootId: string) => asked.push(['makeRoom', bootId]),
    abandon: (bootId: string) => asked.push(['abandon', bootId]),
  };
  const parts = { clock, log, randomness: new SeededRandomness(1), client, publisher };
  const halos = new StreamHaloTransport({ ...parts, fence: () => FENCE, admit: () => undefined });
  return { halos, asked };
}

test('what is sent goes to who has subscribed', () => {
  const { halos, asked } = transport();
  const halo = message(1);
  halos.send('boot-1', halo);
  halos.makeRoom('boot-1');
  halos.abandon('boot-1');
  expect(asked).toEqual([
    ['send', 'boot-1', halo],
    ['makeRoom', 'boot-1'],
    ['abandon', 'boot-1'],
  ]);
});

test('a pull is a call under the fence of that moment, with its limits', async () => {
  const { halos, asked } = transport();
  expect(await halos.pull(PEER, 7, LIMITS)).toEqual(message(1));
  const options = { timeoutMs: 1_500, maxResponseBytes: 100_000 };
  expect(asked).toEqual([['pullHalo', PEER, FENCE, { tick: 7 }, options]]);
});

test('a pull has room for a problem, however small the halo', async () => {
  const { halos, asked } = transport();
  await halos.pull(PEER, 7, { ...LIMITS, maxBytes: 100 });
  expect(asked[0]?.at(-1)).toEqual({ timeoutMs: 1_500, maxResponseBytes: 65_536 });
});

test('a subscription asks the peer for a stream', async () => {
  const { halos, asked } = transport();
  const troubles: unknown[] = [];
  const nothing = () => undefined;
  const subscription = halos.subscribe(PEER, {
    ...{ maxBytes: 100, accept: nothing, refuse: nothing, well: nothing, ended: nothing },
    room: (_header, bytes) => new Uint8Array(bytes),
    troubled: (error) => troubles.push(error),
  });
  await Promise.resolve();
  subscription.close();
  expect(asked).toEqual([['openHalos', PEER, FENCE, { timeoutMs: 1_500 }]]);
});
