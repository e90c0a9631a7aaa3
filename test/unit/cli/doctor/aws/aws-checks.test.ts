import { describe, expect, test } from 'vitest';
import { type AwsLook, awsFindings } from '../../../../../services/cli/doctor/aws/aws-checks.ts';
import type { Deployment } from '../../../../../services/cli/doctor/aws/deployment.ts';
import { ABSENT_RECORD } from '../../../../../services/protocol/record/colony-record.ts';
import { colonyView } from '../../colony-view.fixture.ts';

const build = { who: 'this command', version: '1.0.0', protocolVersion: 8, engineVersion: 1 };
const PLAN = { colonyName: 'reef', region: 'eu-central-1', build };
const API = 'https://abc.execute-api.eu-central-1.amazonaws.com';

const service = { name: 's', desired: 1, running: 1, pending: 0, stopped: [], environment: {} };
const DEPLOYMENT: Deployment = {
  cluster: 'arn:cluster',
  backend: service,
  coordinator: {
    ...service,
    environment: {
      COLONY_TABLE_NAME: 'reef-table',
      COLONY_SNAPSHOT_BUCKET: 'reef-bucket',
      COLONY_ALLOWED_HOSTS: `coordinator.reef.colony.internal,${new URL(API).host},reef.example.org`,
    },
  },
};
const entry = {
  ...{ id: 'e1', bootId: 'boot', address: '10.0.0.1', rpcPort: 9000, httpPort: 8083 },
  ...{ startedAt: 'now', version: '1.0.0', protocolVersion: 8 },
};

/** A colony in AWS that is well; `asked` is what was looked at by name. */
function account(more: Partial<AwsLook> = {}) {
  const asked: string[] = [];
  const look: AwsLook = {
    identity: async () => ({ arn: 'arn:me', date: { dateMs: 0, sentMs: 0, receivedMs: 0 } }),
    deployment: async () => DEPLOYMENT,
    record: async (table) => {
      asked.push(table);
      const leader = { id: 'coordinator-1', address: 'http://10.0.0.1:8083', epoch: 1, beat: 7 };
      return { ...ABSENT_RECORD, leader };
    },
    registry: async () => ({ coordinators: [entry], backends: [entry] }),
    bucket: async (name) => void asked.push(name),
    colony: async (url) => {
      asked.push(url);
      const version = { ...build, name: 'distributed-colony' as const, node: 'v24' };
      return { type: 'answers', view: colonyView(), version };
    },
    ...more,
  };
  return { look, asked };
}

async function found(check: string, more: Partial<AwsLook>) {
  const findings = await awsFindings(PLAN, account(more).look);
  return findings.find((finding) => finding.check === check);
}

const refuse = (name: string) => async () => {
  throw Object.assign(new Error('no'), { name });
};

test('a colony that is well has nothing wrong', async () => {
  const findings = await awsFindings(PLAN, account().look);
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
});

test('table, bucket and API are those that the coordinators are told', async () => {
  const { look, asked } = account();
  await awsFindings(PLAN, look);
  expect(asked).toEqual(['reef-table', 'reef-bucket', API]);
});

test('an address that was given is asked instead', async () => {
  const { look, asked } = account();
  await awsFindings({ ...PLAN, url: 'https://reef.example.org' }, look);
  expect(asked.at(-1)).toBe('https://reef.example.org');
});

test('without credentials nothing else is looked at', async () => {
  const error = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
  const { look, asked } = account({ identity: async () => ({ error }) });
  const findings = await awsFindings(PLAN, look);
  expect(findings).toMatchObject([
    { check: 'credentials', level: 'problem' },
    { check: 'clock skew', level: 'warning' },
  ]);
  expect(asked).toEqual([]);
});

test('a colony that is not deployed there is one problem', async () => {
  const findings = await awsFindings(PLAN, account({ deployment: async () => undefined }).look);
  expect(findings.at(-1)).toMatchObject({
    level: 'problem',
    says: 'no cluster in eu-central-1 has the service reef-backend',
  });
});

test('services that may not be looked at leave the rest to be looked at, and unknown', async () => {
  const deployment = refuse('AccessDeniedException');
  expect(await found('services', { deployment })).toMatchObject({ level: 'warning' });
  expect(await found('parameters', { deployment })).toMatchObject({ level: 'ok' });
  for (const check of ['table', 'bucket', 'address']) {
    expect(await found(check, { deployment })).toMatchObject({
      level: 'warning',
      says: 'it is not known where it is',
    });
  }
});

test('a coordinator service of which no task is wanted is a problem', async () => {
  const coordinator = { ...service, desired: 0, running: 0 };
  const deployment = async () => ({ ...DEPLOYMENT, coordinator });
  expect(await found('coordinator service', { deployment })).toMatchObject({ level: 'problem' });
});

test('a wrong clock is told where AWS refuses signatures for it', async () => {
  const date = { dateMs: 0, sentMs: 600_000, receivedMs: 600_000 };
  const identity = async () => ({ error: new Error('signature expired'), date });
  expect(await found('clock skew', { identity })).toMatchObject({ level: 'problem' });
});

describe('what cannot be read is told by its own line', () => {
  test.each([
    ['table', { record: refuse('ResourceNotFoundException') }],
    ['bucket', { bucket: refuse('NoSuchBucket') }],
    ['parameters', { registry: refuse('ThrottlingException') }],
  ] as const)('%s', async (check, more) => {
    expect(await found(check, more)).toMatchObject({ level: 'problem' });
  });

  test('an API that refuses the signature', async () => {
    const colony: AwsLook['colony'] = async () => ({
      ...{ type: 'refuses', isColony: false, message: 'GET /colony was answered with HTTP 403' },
    });
    expect(await found('address', { colony })).toMatchObject({
      level: 'problem',
      says: 'GET /colony was answered with HTTP 403',
    });
  });
});
