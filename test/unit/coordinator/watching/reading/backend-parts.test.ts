import { describe, expect, test } from 'vitest';
import { askParts } from '../../../../../services/coordinator/watching/reading/backend-parts.ts';
import { TransportError } from '../../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { VirtualClock } from '../../../../simulation/virtual-clock.ts';
import { fakeRpc, topologyOf } from '../../fixtures.ts';

/** Asks a backend for its part, whose answer is an error. */
function asked(error: Error) {
  const { rpc } = fakeRpc(new VirtualClock(), () => {
    throw error;
  });
  const fence = { generation: 1, epoch: 1, topologyVersion: 1 };
  const area = { x: 0, y: 0, width: 4, height: 4 };
  const request = { layer: 'colour', zoom: 0, ...area, fromTick: 0 } as const;
  return askParts({ rpc, topology: topologyOf(2), fence }, [1], (call) =>
    call('readTiles', request),
  );
}

describe('a part of the world that a backend does not give', () => {
  test('because it is too much at once is told as that', async () => {
    const error = new ColonyError('TILES_TOO_LARGE', 'too many squares');
    await expect(asked(error)).rejects.toBe(error);
  });

  test.each([
    new ColonyError('BACKEND_FAILED', 'it has no memory'),
    new TransportError('timeout', 'no answer'),
  ])('for another reason is told with it and the backend: %s', async (error) => {
    await expect(asked(error)).rejects.toMatchObject({
      code: 'BACKEND_UNREACHABLE',
      message: expect.stringMatching(
        new RegExp(`^backend b1 cannot show its part: .*${error.message}`),
      ),
    });
  });
});
