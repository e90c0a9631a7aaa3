import { beforeEach, expect, test } from 'vitest';
import { Losses } from '../../../../services/coordinator/ticking/losses.ts';
import {
  type TrackedBackend,
  trackedBackend,
} from '../../../../services/coordinator/ticking/tracked-backend.ts';
import { Troubles } from '../../../../services/coordinator/troubles/troubles.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { topologyOf } from '../fixtures.ts';

const SUSPECT_MS = 8_000;

let clock: VirtualClock;
let counted: unknown[];
let stopped: string | undefined;
let troubles: Troubles;
let losses: Losses;
let tracked: TrackedBackend;
beforeEach(() => {
  clock = new VirtualClock();
  counted = [];
  stopped = undefined;
  troubles = new Troubles(clock);
  const topology = topologyOf(2);
  tracked = trackedBackend(topology, topology.backends[0]!, clock.nowMs());
  losses = new Losses({
    clock,
    log: new MemoryLog(),
    suspectMs: SUSPECT_MS,
    tasks: { whyGone: async () => stopped },
    isRunning: () => true,
    onLost: () => {},
    count: (...given) => void counted.push(given),
    troubles,
  });
});

const lostBy = (proof: string) => ['colony_backend_losses_total', { proof }];
const silence = new TransportError('timeout', 'no answer');

test('a backend that refuses connections is counted as gone', () => {
  losses.failed(tracked, new TransportError('refused', 'connection refused'));
  expect(counted).toEqual([lostBy('gone')]);
});

test('a backend is counted as silent once it was so for too long, and not before', async () => {
  losses.failed(tracked, silence);
  expect(counted).toEqual([]);
  await clock.advance(SUSPECT_MS);
  losses.failed(tracked, silence);
  expect(counted).toEqual([lostBy('silent')]);
});

test('a silent backend whose task has stopped is counted as gone', async () => {
  stopped = 'its task has stopped';
  losses.failed(tracked, silence);
  await clock.advance(0);
  expect(counted).toEqual([lostBy('gone')]);
});

test('only the first loss is counted: the topology ends with it', () => {
  losses.lose(tracked, 'it no longer holds this colony', 'status');
  losses.lose(tracked, 'it is gone too', 'gone');
  expect(counted).toEqual([lostBy('status')]);
});

test('a silent backend is told of, and then that it is lost', async () => {
  losses.failed(tracked, silence);
  const unreachable = { code: 'BACKEND_UNREACHABLE', detail: 'no answer' };
  expect(troubles.of('b0')).toMatchObject(unreachable);
  await clock.advance(SUSPECT_MS);
  losses.failed(tracked, silence);
  const lost = { code: 'BACKEND_LOST', detail: `silent for ${SUSPECT_MS} ms` };
  expect(troubles.of('b0')).toMatchObject(lost);
});
