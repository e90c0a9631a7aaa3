import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart, injectEvent } from '../../simulation/colony-requests.ts';

/** What one coordinator was told, read back at once at each of them. */
describe('who was told something', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let standby: CoordinatorMember;
  let third: CoordinatorMember;

  const post = async (member: CoordinatorMember, path: string) => {
    const answer = await cluster.during(member.request(path, { method: 'POST' }));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const stop = (member: CoordinatorMember, instance: unknown) =>
    post(member, `/colony-stop?colony_instance_id=${instance}`);
  const start = async (key: string) => {
    const answer = await cluster.during(colonyStart(standby, key));
    expect(answer.status).toBe(202);
    return answer.body['colonyInstanceId'];
  };
  const startAndWait = async (key: string) =>
    (await cluster.during(colonyStart(standby, key, { waitSeconds: 25 }))).body['colonyInstanceId'];

  beforeEach(async () => {
    cluster = new ColonyCluster();
    leader = await cluster.addCoordinator();
    await cluster.clock.advance(500);
    standby = await cluster.addCoordinator();
    third = await cluster.addCoordinator();
    await cluster.addBackend();
    await cluster.clock.advance(1_000);
  });
  afterEach(() => cluster.close());

  it('of a start reads its instance at every coordinator, however the start falls between two polls', async () => {
    for (let round = 0; round < 15; round++) {
      await cluster.clock.advance(round * 17);
      const instance = await start(`key-${round}`);
      for (const member of [standby, leader, third]) {
        const { status, colonyInstanceId } = await cluster.during(cluster.view(member));
        expect({ status, colonyInstanceId }).toEqual({
          status: expect.stringMatching(/^(Initializing|TopographyInitialized)$/),
          colonyInstanceId: instance,
        });
      }
      expect((await stop(third, instance)).status).toBe(200);
    }
  });

  it('of a stop sees no colony at any coordinator, nor anything of the former one', async () => {
    const instance = await startAndWait('key-1');
    await cluster.untilDigest(0);
    expect((await stop(standby, instance)).status).toBe(200);
    for (const member of [standby, leader, third]) {
      expect(await cluster.during(cluster.view(member))).toMatchObject({
        status: 'NotInitialized',
        colonyInstanceId: null,
        tick: null,
      });
    }
  });

  it('of a stop gets no answer for the stopped colony from what changes nothing', async () => {
    const again: [string, () => Promise<{ status: number; body: Record<string, unknown> }>][] = [
      ['pause', () => post(third, '/colony-pause')],
      ['step', () => post(leader, '/colony-step?ticks=3&idempotency_key=step-1')],
      ['inject', () => cluster.during(injectEvent(leader, 'event-1', { kind: 'extinction' }))],
    ];
    for (const [what, ask] of again) {
      const instance = await startAndWait(`key-${what}`);
      await cluster.untilDigest(0);
      await post(leader, '/colony-pause');
      await cluster.clock.advance(2_000);
      expect((await ask()).status).toBe(200);
      expect((await stop(standby, instance)).status).toBe(200);
      expect(await ask()).toMatchObject({ status: 409, body: { code: 'COLONY_NOT_STARTED' } });
    }
  });

  it('of a stop finds a colony that ran not to be resumed', async () => {
    const instance = await startAndWait('key-1');
    await cluster.untilDigest(0);
    expect((await post(leader, '/colony-resume')).status).toBe(200);
    expect((await stop(standby, instance)).status).toBe(200);
    expect(await post(leader, '/colony-resume')).toMatchObject({
      status: 409,
      body: { code: 'COLONY_NOT_STARTED' },
    });
  });
});
