import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { PortFault } from '../fault-kind.ts';

const unavailable = (why: string) => new ColonyError('STORE_UNAVAILABLE', why);

/** How stores fail: all of what is behind some ports alike. */
function faultsOf(
  store: string,
  ports: readonly string[],
  error: (why: string) => Error = unavailable,
): PortFault[] {
  return [
    {
      ...{ name: `${store}-error`, seam: 'port', ports, rate: [0.005, 0.3] },
      strike: (fate) => {
        fate.failure = error('the store has failed');
      },
    },
    {
      // Told late, as by a client that tries again before it gives up.
      ...{ name: `${store}-throttling`, seam: 'port', ports, rate: [0.01, 0.5] },
      strike: (fate, draws) => {
        fate.answerDelayMs += draws.between(100, 3_000);
        fate.failure = error('the store is asked too often');
      },
    },
    {
      ...{ name: `${store}-unanswered`, seam: 'port', ports, rate: [0.005, 0.3] },
      strike: (fate, draws) => {
        fate.answerDelayMs += draws.logBetween(10, 6_000);
        fate.lostAnswer = error('the store did not answer');
      },
    },
    {
      ...{ name: `${store}-slowness`, seam: 'port', ports, rate: [0.01, 0.8] },
      strike: (fate, draws) => {
        fate.delayMs += draws.exponential(400);
        fate.answerDelayMs += draws.exponential(400);
      },
    },
    {
      // As a write that hangs in a queue: its sender waits for it, or has long been told that it failed.
      ...{ name: `${store}-late`, seam: 'port', ports, rate: [0.002, 0.05] },
      strike: (fate, draws) => {
        fate.delayMs += draws.logBetween(1_000, 40_000);
        if (draws.chance(0.5)) return;
        fate.givenUp = { afterMs: draws.logBetween(100, 5_000), error: error('no answer came') };
      },
    },
  ];
}

function throttlingException(why: string): Error {
  const error = new Error(why);
  error.name = 'ThrottlingException';
  return error;
}

export const STORE_FAULTS: readonly PortFault[] = [
  ...faultsOf('record', ['record']),
  ...faultsOf('objects', ['objects']),
  ...faultsOf('logs', ['digests', 'events', 'statistics', 'surveys']),
  ...faultsOf('disk', ['snapshots']),
  ...faultsOf('registry', ['registry'], throttlingException),
];
