import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { START_STAGES, type StagePoint } from '../../services/coordinator/term/stages.ts';
import type { Service } from './child.fixture.ts';
import { expectedDigests, Processes } from './processes.fixture.ts';

/** kill -9 of the leader at every point of a start: the process ends itself there by SIGKILL. */

const FAIL: StagePoint[] = ['before:fail', 'after:fail'];
const POINTS = START_STAGES.flatMap((stage): StagePoint[] => [`before:${stage}`, `after:${stage}`]);

const processes = new Processes();
let digests: string[];
beforeAll(async () => {
  [digests] = await Promise.all([expectedDigests(100), processes.startStore()]);
});
afterEach(() => processes.clear());
afterAll(() => processes.close());

/** A leader that ends at a point, and a standby. */
async function coordinators(point: StagePoint, env = {}): Promise<[Service, Service]> {
  const name = point.replace(':', '-');
  const leader = await processes.coordinator(name, { crashAtStage: point, ...env });
  await processes.leads(leader);
  return [leader, await processes.coordinator(name, env)];
}

async function expectOneColony(at: Service, key: string, generation: number): Promise<void> {
  const { colonyInstanceId } = await at.api.colony();
  expect(await at.start(key)).toMatchObject({
    status: 200,
    body: { colonyInstanceId, generation },
  });
  expect(await at.start('another-key')).toMatchObject({
    status: 409,
    body: { code: 'COLONY_ALREADY_STARTED' },
  });
  expect(await processes.digestsTo(at, 100)).toEqual(digests);
  const view = await at.api.colony();
  expect(view).toMatchObject({ colonyInstanceId, generation, leader: { address: at.url } });
}

describe('kill -9 of the leader during a start', () => {
  test.each(POINTS.filter((point) => !FAIL.includes(point)))(
    '%s: the next leader completes it once, for the client that repeats its key',
    async (point) => {
      const [leader, standby] = await coordinators(point);
      const name = point.replace(':', '-');
      await Promise.all([processes.backend(name), processes.backend(name)]);
      const lost = leader.start('key-1').catch(() => undefined);
      expect(await processes.endOf(leader)).toBe('SIGKILL');

      const done = await standby.start('key-1', 25);
      expect(done).toMatchObject({ status: 200, body: { generation: 1 } });
      // Clients that were answered before the crash were told the same.
      const before = (await lost)?.body.colonyInstanceId ?? done.body.colonyInstanceId;
      expect(done.body.colonyInstanceId).toBe(before);
      await expectOneColony(standby, 'key-1', 1);
    },
  );

  test.each(FAIL)(
    '%s: it returns to NotInitialized, and the same key starts again once a backend is there',
    async (point) => {
      const [leader, standby] = await coordinators(point, { startTimeoutMs: 1_000 });
      await leader.start('key-1').catch(() => undefined);
      expect(await processes.endOf(leader)).toBe('SIGKILL');
      await processes.until('the start is given up', async () => {
        const { status, leader: next } = await standby.api.colony();
        return status === 'NotInitialized' && next?.address === standby.url;
      });
      const { lastFailure } = await standby.api.colony();
      expect(lastFailure).toMatchObject({ key: 'key-1', code: 'NO_BACKENDS', generation: 1 });

      await processes.backend(point.replace(':', '-'));
      await processes.until('the backend is seen', async () => {
        const { backends } = await standby.api.colony();
        return backends.length === 1;
      });
      expect(await standby.start('key-1', 25)).toMatchObject({
        status: 200,
        body: { generation: 2 },
      });
      await expectOneColony(standby, 'key-1', 2);
    },
  );
});
