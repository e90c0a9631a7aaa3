import { expect, test } from 'vitest';
import { readProcessUsage } from '../../../../services/platform/observability/process-usage.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

test('memory is that of this process, and processor time only grows', () => {
  const read = readProcessUsage(new VirtualClock());
  const first = read();
  expect(first.memoryBytes).toBeGreaterThan(2 ** 20);
  expect(first.memoryBytes).toBeLessThan(2 ** 40);
  expect(read().processorMs).toBeGreaterThanOrEqual(first.processorMs);
});
