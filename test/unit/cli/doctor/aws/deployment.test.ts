import { expect, test } from 'vitest';
import {
  type ServiceLook,
  type StoppedTask,
  serviceFinding,
} from '../../../../../services/cli/doctor/aws/deployment.ts';

const task = (code: string, reason: string): StoppedTask => ({
  ...{ id: 't1', at: '2026-11-30T00:00:00.000Z', code, reason },
});

const found = (more: Partial<ServiceLook> = {}) =>
  serviceFinding('backend service', {
    ...{ name: 'reef-backend', desired: 2, running: 2, pending: 0, stopped: [], environment: {} },
    ...more,
  });

test('a service with all of its tasks is in order', () => {
  expect(found()).toMatchObject({ level: 'ok', says: '2 of 2 tasks of reef-backend run' });
});

test('one that is wanted to have none is in order', () => {
  expect(found({ desired: 0, running: 0 })).toMatchObject({ level: 'ok' });
});

test('one that is not there is a problem', () => {
  expect(serviceFinding('coordinator service', undefined).level).toBe('problem');
});

test('one whose tasks start is a warning', () => {
  expect(found({ running: 1, pending: 1 })).toMatchObject({ level: 'warning' });
});

test('one that lacks tasks is a problem, with what ECS said', () => {
  expect(found({ running: 1, event: 'unable to place a task' })).toMatchObject({
    level: 'problem',
    says: '1 of 2 tasks of reef-backend run; ECS says: unable to place a task',
  });
});

test.each([
  ['TaskFailedToStart', 'CannotPullContainerError'],
  ['EssentialContainerExited', 'backend exit code 137, OutOfMemory'],
  ['ServiceSchedulerInitiated', 'Task failed container health checks'],
  ['SpotInterruption', 'Your Spot Task was interrupted.'],
])('a task that stopped by %s is a warning where another runs', (code, reason) => {
  expect(found({ stopped: [task(code, reason)] })).toMatchObject({
    level: 'warning',
    says: expect.stringContaining(`stopped at 2026-11-30T00:00:00.000Z: ${code}: ${reason}`),
  });
});

test.each([
  ['ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)'],
  ['UserInitiated', 'Task stopped by user'],
])('a task that was told to end (%s) is in order', (code, reason) => {
  expect(found({ stopped: [task(code, reason)] })).toMatchObject({ level: 'ok' });
});

test('tasks that start, after one that failed, are a problem', () => {
  const stopped = [task('EssentialContainerExited', 'exit code 1')];
  expect(found({ running: 1, pending: 1, stopped }).level).toBe('problem');
});

test('a deployment that failed is a problem although all tasks run', () => {
  expect(found({ failure: 'a deployment failed: circuit breaker' }).level).toBe('problem');
});
