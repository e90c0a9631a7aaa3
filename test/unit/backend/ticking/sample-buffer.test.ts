import { describe, expect, test } from 'vitest';
import { SampleBuffer } from '../../../../services/backend/ticking/sample-buffer.ts';
import { SAMPLES_MAX } from '../../../../services/protocol/colony/sampling.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';

const sample = (tick: number) => ({ tick, shards: 1, statistics: EMPTY_STATISTICS });
const ticksOf = (buffer: SampleBuffer) => buffer.samples.map(({ tick }) => tick);

describe('SampleBuffer', () => {
  test('forgets what is confirmed and keeps the rest', () => {
    const buffer = new SampleBuffer();
    for (const tick of [0, 20, 40]) buffer.add(sample(tick));
    buffer.confirm(-1);
    expect(ticksOf(buffer)).toEqual([0, 20, 40]);
    buffer.confirm(20);
    expect(ticksOf(buffer)).toEqual([40]);
  });

  test('is full at its bound, and not any more after a confirmation', () => {
    const buffer = new SampleBuffer();
    for (let i = 0; i < SAMPLES_MAX; i++) {
      expect(buffer.isFull).toBe(false);
      buffer.add(sample(i));
    }
    expect(buffer.isFull).toBe(true);
    expect(() => buffer.add(sample(SAMPLES_MAX))).toThrow('full buffer');
    buffer.confirm(0);
    expect(buffer.isFull).toBe(false);
  });
});
