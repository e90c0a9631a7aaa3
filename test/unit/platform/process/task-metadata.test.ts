import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ownPlace } from '../../../../services/platform/process/task-metadata.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const TASK_ARN = 'arn:aws:ecs:eu-north-1:123456789012:task/reef/0123456789abcdef0123456789abcdef';
const URI = 'http://169.254.170.2/v4/abc';
const interfaces = {
  eth0: [{ address: '10.0.0.7', family: 'IPv4', internal: false } as NetworkInterfaceInfo],
};

/** What the endpoint of a Fargate task answers, as far as it matters and some more. */
const CONTAINER = {
  DockerId: 'abc',
  Name: 'backend',
  Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: ['10.40.1.5'], PrivateDNSName: 'ip' }],
};
const TASK = { Cluster: 'reef', TaskARN: TASK_ARN, Containers: [CONTAINER] };

async function place(
  answers: Record<string, unknown>,
  config: { platform?: 'local' | 'aws'; advertisedAddress?: string; uri?: string | undefined } = {},
) {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const asked: string[] = [];
  const { platform = 'aws', advertisedAddress, uri = URI } = config;
  const found = ownPlace({
    config: { platform, host: '0.0.0.0', advertisedAddress },
    interfaces,
    metadataUri: 'uri' in config ? config.uri : uri,
    getJson: async (url) => {
      asked.push(url);
      if (!(url in answers)) throw new Error(`${url} answers 404`);
      return answers[url];
    },
    clock,
    randomness: new SeededRandomness(1),
    log,
  });
  await clock.advance(10_000);
  return { place: await found, log, asked };
}

describe('the place of a process', () => {
  test('is what the metadata of its task says', async () => {
    const { place: found } = await place({ [`${URI}/task`]: TASK, [URI]: CONTAINER });
    expect(found).toEqual({ address: '10.40.1.5', taskArn: TASK_ARN });
  });

  test('is its own address where the metadata name more than any task has', async () => {
    const many = { ...CONTAINER, Networks: [{ IPv4Addresses: Array(9).fill('10.40.1.5') }] };
    const { place: found } = await place({ [`${URI}/task`]: TASK, [URI]: many });
    expect(found.address).toBe('10.0.0.7');
  });

  test('is its own address where the metadata name none', async () => {
    const { place: found } = await place({ [`${URI}/task`]: TASK, [URI]: { Name: 'backend' } });
    expect(found).toEqual({ address: '10.0.0.7', taskArn: TASK_ARN });
  });

  test('is the configured address before any other', async () => {
    const answers = { [`${URI}/task`]: TASK, [URI]: CONTAINER };
    const { place: found } = await place(answers, { advertisedAddress: '10.9.9.9' });
    expect(found).toEqual({ address: '10.9.9.9', taskArn: TASK_ARN });
  });

  test.each([
    ['no answer', {}],
    ['no ARN', { [`${URI}/task`]: { TaskARN: 'task 1' }, [URI]: CONTAINER }],
    [
      'an address that is none',
      { [`${URI}/task`]: TASK, [URI]: { Networks: [{ IPv4Addresses: ['evil.example'] }] } },
    ],
    ['no JSON object', { [`${URI}/task`]: 'hello', [URI]: null }],
  ])(
    'is its own address, with one warning, after three tries that give %s',
    async (_what, answers) => {
      const { place: found, log, asked } = await place(answers);
      expect(found).toEqual({ address: '10.0.0.7' });
      expect(log.messages('warn')).toHaveLength(1);
      expect(asked).toHaveLength(6);
    },
  );

  test('is its own address outside AWS and outside a task, without asking', async () => {
    for (const config of [{ platform: 'local' as const }, { uri: undefined }]) {
      const { place: found, asked } = await place({}, config);
      expect([found, asked]).toEqual([{ address: '10.0.0.7' }, []]);
    }
  });
});
