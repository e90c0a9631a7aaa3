import { describe, expect, test } from 'vitest';
import {
  refusalFinding,
  registryFinding,
} from '../../../../../services/cli/doctor/aws/aws-findings.ts';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';

const named = (name: string) => Object.assign(new Error('what it said'), { name });

describe('what AWS refuses', () => {
  test.each([
    ['CredentialsProviderError', 'problem', 'sign in'],
    ['ExpiredTokenException', 'problem', 'sign in'],
    ['UnrecognizedClientException', 'problem', 'sign in'],
    ['AccessDeniedException', 'warning', 'dynamodb:GetItem'],
    ['AccessDenied', 'warning', 'dynamodb:GetItem'],
    ['ResourceNotFoundException', 'problem', 'name after --aws'],
    ['NoSuchBucket', 'problem', 'name after --aws'],
    ['TimeoutError', 'problem', 'network'],
  ])('%s is a %s, with what to do', (name, level, remedy) => {
    expect(refusalFinding('table', named(name), 'dynamodb:GetItem')).toMatchObject({
      level,
      says: expect.stringContaining('what it said'),
      remedy: expect.stringContaining(remedy),
    });
  });

  test('is judged by what the SDK said, whatever an adapter made of it', () => {
    const cause = named('AccessDeniedException');
    const error = new ColonyError('STORE_UNAVAILABLE', 'the table does not answer', { cause });
    expect(refusalFinding('table', error, 'dynamodb:GetItem').level).toBe('warning');
  });
});

describe('the registry', () => {
  const none = { coordinators: [], backends: [] };

  test('without coordinators, of which tasks run, is a problem', () => {
    expect(registryFinding(none, 1).level).toBe('problem');
  });

  test('without coordinators, of which no task runs, is as it should be', () => {
    expect(registryFinding(none, 0).level).toBe('ok');
  });
});
