import { expect, test } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { ECR_IMAGE, EMULATOR, EXISTING_VPC, ISOLATED } from './support/synth.ts';

test('without a context every value has its default', () => {
  expect(parseConfig(undefined)).toEqual({
    colonyName: 'colony',
    worldSpec: { width: 2000, height: 1250, shardSize: 250, seed: 1 },
    pace: 60,
    checkpointIntervalSeconds: 10,
    checkpointMinTicks: 100,
    checkpointBudgetBytes: 2_000_000_000,
    pictureIntervalSeconds: 30,
    rebalanceAfterSeconds: 10,
    backends: 4,
    cpu: 1024,
    memoryMiB: 2048,
    spotShare: 0,
    backendZones: 'one',
    coordinators: 1,
    coordinatorCpu: 256,
    coordinatorMemoryMiB: 512,
    network: 'public',
    architecture: 'arm64',
    logLevel: 'info',
    logRetentionDays: 30,
    flowLogs: true,
    containerInsights: false,
    statisticsRetentionDays: 365,
    throttling: { requestsPerSecond: 50, burst: 100 },
    deletionProtection: true,
    emulator: false,
  });
});

test('the context may be an object or its text', () => {
  const given = { colonyName: 'reef', deletionProtection: false };
  expect(parseConfig(given)).toMatchObject(given);
  expect(parseConfig(JSON.stringify(given))).toEqual(parseConfig(given));
});

test('part of a world is enough', () => {
  const { worldSpec } = parseConfig({ worldSpec: { width: 4000 } });
  expect(worldSpec).toEqual({ width: 4000, height: 1250, shardSize: 250, seed: 1 });
});

const refused: [what: string, context: unknown, message: RegExp][] = [
  ['an unknown key', { colonyNam: 'reef' }, /^Context colony: .*"colonyNam"$/],
  [
    'an unknown key of the world',
    { worldSpec: { widht: 5 } },
    /^Context colony: worldSpec: .*"widht"$/,
  ],
  ['a name that AWS would not take', { colonyName: 'Reef!' }, /colonyName: expected 1–31/],
  ['a value of another type', { deletionProtection: 'no' }, /deletionProtection: .*boolean/],
  ['text that is no JSON', 'reef', /expected a JSON object, got reef/],
  ['something that is no object', 7, /^Context colony: value: /],
  ['a colony without backends', { backends: 0 }, /backends: expected an integer from 1 to 1000$/],
  ['half a backend', { backends: 1.5 }, /backends: expected an integer from 1 to 1000$/],
  ['more than three coordinators', { coordinators: 4 }, /coordinators: .* from 1 to 3$/],
  [
    'a shard size that does not divide the world',
    { worldSpec: { shardSize: 300 } },
    /^Context colony: worldSpec: shardSize is 300, expected a divisor of the width 2000$/,
  ],
  [
    'more shards than a colony can have',
    { worldSpec: { width: 65536, height: 65536, shardSize: 16 } },
    /worldSpec: shardSize 16 cuts .* expected at most /,
  ],
  ['a share above one', { spotShare: 1.5 }, /spotShare: /],
  ['a pace of nothing', { pace: 0 }, /pace: expected ticks per second from 0\.001 to /],
  [
    'checkpoints without a pause',
    { checkpointIntervalSeconds: 0 },
    /checkpointIntervalSeconds: expected an integer from 1 to 86400$/,
  ],
  [
    'a checkpoint every half a tick',
    { checkpointMinTicks: 0.5 },
    /checkpointMinTicks: expected an integer from 1 to 1000000000$/,
  ],
  [
    'a budget for no checkpoint',
    { checkpointBudgetBytes: 999_999 },
    /checkpointBudgetBytes: expected an integer from 1000000 to 1000000000000000$/,
  ],
  [
    'a wait that is a text',
    { rebalanceAfterSeconds: '10' },
    /rebalanceAfterSeconds: expected an integer from 0 to 86400$/,
  ],
  [
    'a task that Fargate does not have',
    { cpu: 1024, memoryMiB: 1024 },
    /cpu, memoryMiB: got 1024 and 1024, expected 2048 to 8192 MiB/,
  ],
  [
    'a number of CPU units that there is not',
    { coordinatorCpu: 300 },
    /coordinatorCpu, .* expected 256, 512, /,
  ],
  [
    'little memory of the smallest task',
    { coordinatorMemoryMiB: 600 },
    /expected 512, 1024, 2048 MiB/,
  ],
  [
    'a retention that CloudWatch does not take',
    { logRetentionDays: 8 },
    /logRetentionDays: expected one of 1, 3, 5/,
  ],
  [
    'a collector without a protocol',
    { otlpEndpoint: 'collector:4318' },
    /otlpEndpoint: expected an http or https address/,
  ],
  ['an address that is no e-mail', { alarmEmail: 'me' }, /alarmEmail: expected an e-mail address$/],
  ['a throttle of nothing', { throttling: { burst: 0 } }, /throttling\.burst: expected an integer/],
  [
    'an image that isolated subnets cannot reach',
    { network: 'isolated', image: 'public.ecr.aws/games/colony:1' },
    /^Context colony: image: public\.ecr\.aws\/games\/colony:1 cannot be reached from the network isolated, expected one of a private ECR registry/,
  ],
  [
    'a VPC that is none',
    { vpc: { ...EXISTING_VPC, vpcId: 'mine' } },
    /vpc\.vpcId: expected an id vpc-/,
  ],
  [
    'subnets of one zone',
    { vpc: { ...EXISTING_VPC, availabilityZones: ['a-1a', 'a-1a', 'a-1b'] } },
    /vpc\.availabilityZones: expected one zone for each subnet, and no zone twice$/,
  ],
  [
    'a single subnet',
    { vpc: { ...EXISTING_VPC, subnetIds: ['subnet-01234567'], availabilityZones: ['a-1a'] } },
    /vpc\.subnetIds: expected at least two/,
  ],
  [
    'a VPC that is there and isolated',
    { vpc: EXISTING_VPC, network: 'isolated' },
    /vpc: not with the network isolated/,
  ],
  [
    'a certificate that is none',
    { customDomain: { domainName: 'reef.example.org', certificateArn: 'mine' } },
    /customDomain\.certificateArn: expected the ARN of a certificate$/,
  ],
  [
    'a zone of another name',
    {
      customDomain: {
        domainName: 'reef.example.org',
        certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b',
        hostedZone: { id: 'Z0123456789', name: 'example.com' },
      },
    },
    /customDomain\.hostedZone\.name: expected the zone of reef\.example\.org, or one above it$/,
  ],
  [
    'a boundary that is no policy',
    { permissionsBoundary: 'arn:aws:iam::123456789012:role/admin' },
    /permissionsBoundary: expected the name or the ARN of a managed policy$/,
  ],
  [
    'a budget that nobody is told of',
    { monthlyBudgetUsd: 50 },
    /monthlyBudgetUsd: expected alarmEmail too: who is told\?$/,
  ],
  [
    'a domain of an emulator',
    {
      ...EMULATOR,
      customDomain: {
        domainName: 'reef.example.org',
        certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b',
      },
    },
    /customDomain: not with emulator$/,
  ],
  [
    'a budget of an emulator',
    { ...EMULATOR, monthlyBudgetUsd: 50, alarmEmail: 'me@example.org' },
    /monthlyBudgetUsd: not with emulator$/,
  ],
  ['an emulator without an image', { emulator: true }, /^Context colony: image: expected one/],
  [
    'a coordinator address in AWS',
    { coordinatorUrl: 'http://10.0.0.1:8083' },
    /coordinatorUrl: only with emulator$/,
  ],
];

test.each(refused)('%s is refused in one line', (_what, context, message) => {
  const parse = () => parseConfig(context);
  expect(parse).toThrow(message);
  expect(parse).not.toThrow(/\n/);
});

test('all faults are named together', () => {
  expect(() => parseConfig({ backends: 0, coordinators: 9 })).toThrow(
    /backends: .*; coordinators: /,
  );
});

test('an image of a private registry is reached from isolated subnets', () => {
  expect(parseConfig(ISOLATED).image).toBe(ECR_IMAGE.image);
  const digest = `${ECR_IMAGE.image.replace(':1', '')}@sha256:${'0'.repeat(64)}`;
  expect(parseConfig({ ...ISOLATED, image: digest }).image).toBe(digest);
  expect(parseConfig({ network: 'isolated' }).image).toBeUndefined();
});
