import { expect, test } from 'vitest';
import { processGone } from '../../../../services/platform/rpc/process-gone.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';

test('a process that nothing listens for any more is gone', () => {
  const error = new TransportError('refused', 'http://b1:9000/rpc/ping: nothing listens there');
  expect(processGone(error)).toBe(
    'its process is gone: http://b1:9000/rpc/ping: nothing listens there',
  );
});

test('so is one whose address has another process', () => {
  const error = new ColonyError('FOREIGN_BOOT_ID', 'boot-2 is here, not boot-1');
  expect(processGone(error)).toMatch(/^its process is gone, and another one has its address: /);
});

test.each([
  new TransportError('timeout', 'no answer'),
  new TransportError('broken', 'other side closed'),
  new TransportError('failed', 'too large'),
  new ColonyError('BACKEND_FAILED', 'its tick loop failed'),
  new Error('a bug'),
])('%s says nothing for sure', (error) => {
  expect(processGone(error)).toBeUndefined();
});
