import { describe, expect, test } from 'vitest';
import {
  lossByError,
  lossByStatus,
} from '../../../../services/coordinator/ticking/tracked-backend.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { statusOf, topologyOf } from '../fixtures.ts';

const topology = topologyOf(2);

describe('by its answer a backend', () => {
  test('that holds the topology is not lost', () => {
    expect(lossByStatus(statusOf(0), topology)).toBeUndefined();
  });

  test.each([
    ['another generation', { generation: 9 }],
    ['another topology', { topologyVersion: 9 }],
    ['no shards yet', { shardsInitialized: false }],
  ])('that holds %s is lost', (_what, colony) => {
    expect(lossByStatus(statusOf(0, colony), topology)).toBe('it no longer holds this colony');
  });

  test('that has failed is lost, with its own reason', () => {
    const failed = statusOf(0, {}, { state: 'Failed', failure: 'broken' });
    expect(lossByStatus(failed, topology)).toBe('broken');
  });

  test('that has failed without a reason is lost', () => {
    expect(lossByStatus(statusOf(0, {}, { state: 'Failed' }), topology)).toBe(
      'its tick loop failed',
    );
  });
});

describe('by a call that failed a backend', () => {
  test.each([
    ['refuses connections', new TransportError('refused', 'no listener')],
    ['has another boot id', new ColonyError('FOREIGN_BOOT_ID', 'it was restarted')],
  ])('that %s is lost at once', (_what, error) => {
    expect(lossByError(error, 0, 8_000)).toMatch(/^its process is gone/);
    expect(lossByError(error, 0, 8_000)).toContain(error.message);
  });

  test('that is silent is lost after a while, and not before', () => {
    const silent = new TransportError('timeout', 'no answer');
    expect(lossByError(silent, 7_999, 8_000)).toBeUndefined();
    expect(lossByError(silent, 8_000, 8_000)).toBe('silent for 8000 ms');
  });
});
