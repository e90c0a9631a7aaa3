import { expect, test } from 'vitest';
import { EmfMetrics } from '../../../../services/platform/observability/emf-metrics.ts';
import { METRICS } from '../../../../services/protocol/common/names.ts';

const create = () => {
  const lines: string[] = [];
  const metrics = new EmfMetrics({
    colonyName: 'reef',
    wallTime: () => '2026-01-01T00:00:10.500Z',
    write: (line) => lines.push(line),
  });
  return { metrics, lines };
};

test('measurements of one moment are one line in the embedded metric format', () => {
  const { metrics, lines } = create();
  metrics.emit({ leader: 1, ticksPerSecond: 59.5 });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      _aws: {
        Timestamp: Date.UTC(2026, 0, 1, 0, 0, 10, 500),
        CloudWatchMetrics: [
          {
            Namespace: 'DistributedColony',
            Dimensions: [['Colony']],
            Metrics: [
              { Name: 'Leader', Unit: 'Count' },
              { Name: 'TicksPerSecond', Unit: 'Count/Second' },
            ],
          },
        ],
      },
      Colony: 'reef',
      Leader: 1,
      TicksPerSecond: 59.5,
    },
  ]);
  expect(lines[0]).not.toContain('\n');
});

test('every metric that has a name has a unit, and its value is a member of the line', () => {
  const { metrics, lines } = create();
  const names = Object.keys(METRICS.names) as (keyof typeof METRICS.names)[];
  for (const name of names) metrics.emit({ [name]: 2 });
  for (const [index, name] of names.entries()) {
    const line = JSON.parse(lines[index] ?? '');
    const [metric] = line._aws.CloudWatchMetrics[0].Metrics;
    expect(metric).toEqual({ Name: METRICS.names[name], Unit: expect.any(String) });
    expect(line[METRICS.names[name]]).toBe(2);
  }
});

test('what is no number is not measured, and nothing is no line', () => {
  const { metrics, lines } = create();
  metrics.emit({ ticksPerSecond: Number.NaN });
  metrics.emit({});
  expect(lines).toEqual([]);
});
