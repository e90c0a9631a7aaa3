import { expect, test } from 'vitest';
import { healthProblem, RECORD_PATIENCE_MS } from '../../../../services/platform/process/health.ts';
import { LastContact } from '../../../../services/platform/process/last-contact.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

function coordinator() {
  const clock = new VirtualClock();
  const contacts = { registry: new LastContact(clock), record: new LastContact(clock) };
  return { clock, contacts, problem: () => healthProblem(contacts) };
}

test('a process that never got through to the registry is not healthy', () => {
  const { contacts, problem } = coordinator();
  contacts.record.reached();
  expect(problem()).toBe('this process has not been registered yet');
});

test('a coordinator that never read the record is not healthy', () => {
  const { contacts, problem } = coordinator();
  contacts.registry.reached();
  expect(problem()).toBe('the colony record has not been read yet');
});

test('one that did both is healthy, and an outage of some minutes changes nothing', async () => {
  const { clock, contacts, problem } = coordinator();
  contacts.registry.reached();
  contacts.record.reached();
  expect(problem()).toBeUndefined();
  await clock.advance(RECORD_PATIENCE_MS - 1);
  expect(problem()).toBeUndefined();
});

test('a coordinator whose record is away for long is not healthy until it answers again', async () => {
  const { clock, contacts, problem } = coordinator();
  contacts.registry.reached();
  contacts.record.reached();
  await clock.advance(RECORD_PATIENCE_MS);
  expect(problem()).toBe('the colony record has not answered for 15 minutes');
  contacts.record.reached();
  expect(problem()).toBeUndefined();
});

test('a backend that was registered once is healthy, however long the registry is away', async () => {
  const clock = new VirtualClock();
  const registry = new LastContact(clock);
  expect(healthProblem({ registry })).toBeDefined();
  registry.reached();
  await clock.advance(100 * RECORD_PATIENCE_MS);
  expect(healthProblem({ registry })).toBeUndefined();
});
