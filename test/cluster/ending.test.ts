import { afterAll, beforeAll, expect, test } from 'vitest';
import { Processes } from './processes.fixture.ts';

const processes = new Processes();
beforeAll(() => processes.startStore());
afterAll(() => processes.close());

test('a coordinator that is told to end answers what it was asked, refuses the rest and leaves', async () => {
  const coordinator = await processes.coordinator('ending', { drainMs: 60_000 });
  const held = coordinator.start('the-key', 5);
  await processes.until('the start is claimed', async () => {
    const { status } = await coordinator.api.colony();
    return status === 'Initializing';
  });
  coordinator.signal('SIGTERM');
  await processes.until('it refuses', async () => {
    const refused = await fetch(`${coordinator.url}/colony`);
    const { code } = (await refused.json()) as { code?: string };
    return refused.status === 503 && code === 'SHUTTING_DOWN';
  });
  // No backend is there: the start is held for all of its time.
  expect(await held).toMatchObject({ status: 202, body: { status: 'initiated' } });
  expect(await coordinator.ended).toBe(0);
});
