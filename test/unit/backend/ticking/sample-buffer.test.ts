import { describe, expect, test } from 'vitest';
import { SampleBuffer } from '../../../../services/backend/ticking/sample-buffer.ts';
import { SAMPLES_MAX } from '../../../../services/protocol/colony/sampling.ts';
import { SURVEY_TEXT_MAX } from '../../../../services/protocol/colony/survey-codec.ts';
import { replyBoundOf, SURVEYS_TOLD_MAX } from '../../../../services/protocol/wire/rpc.ts';
import { EMPTY_CHANGES } from '../../../../services/world/measuring/changes.ts';
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

  test('tells no more surveys at once than a reply has room for, and always one', () => {
    const buffer = new SampleBuffer();
    const half = 'A'.repeat(SURVEYS_TOLD_MAX / 2);
    const surveys = [
      half,
      undefined,
      half,
      undefined,
      half,
      'A'.repeat(SURVEYS_TOLD_MAX + 4),
      half,
    ];
    surveys.forEach((survey, i) => {
      buffer.add({ ...sample(i), ...(survey !== undefined && { survey }) });
    });
    const told = () => buffer.told.map(({ tick }) => tick);
    expect(told()).toEqual([0, 1, 2, 3]);
    buffer.confirm(3);
    expect(told()).toEqual([4]);
    buffer.confirm(4);
    expect(told()).toEqual([5]);
    buffer.confirm(5);
    expect(told()).toEqual([6]);
  });

  test('tells no more than the bound of a reply, were all numbers and surveys the longest', () => {
    const most = (values: object) =>
      Object.fromEntries(Object.keys(values).map((name) => [name, Number.MAX_SAFE_INTEGER]));
    const buffer = new SampleBuffer();
    const survey = 'A'.repeat(SURVEY_TEXT_MAX);
    for (let i = 0; i < SAMPLES_MAX; i++) {
      const statistics = most(EMPTY_STATISTICS) as unknown as typeof EMPTY_STATISTICS;
      const changes = most(EMPTY_CHANGES) as unknown as typeof EMPTY_CHANGES;
      const digest = 'f'.repeat(16);
      buffer.add({
        ...sample(2 ** 40 + i),
        digest,
        statistics,
        changes,
        ...(i === 63 && { survey }),
      });
    }
    const { length } = JSON.stringify(buffer.told);
    expect(buffer.told).toHaveLength(SAMPLES_MAX);
    // What else a reply has, takes less than 256 KiB.
    expect(length + 256 * 1024).toBeLessThan(replyBoundOf('heartbeat') ?? 0);
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
