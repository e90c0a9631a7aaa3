import { afterEach, describe, expect, it } from 'vitest';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { EVENTS_PER_TICK_MAX } from '../../../services/protocol/record/colony-record.ts';
import type { CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { EventfulColony, injectedOf } from './eventful-colony.ts';

let colony: EventfulColony;
afterEach(() => colony.cluster.close());

describe('an event that is cancelled', () => {
  const cancel = async (member: CoordinatorMember, sequence: number) => {
    const init = { method: 'DELETE' };
    const answer = await colony.cluster.during(member.request(`/colony-events/${sequence}`, init));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('does not happen, stays listed, and every replay leaves it out', async () => {
    colony = await EventfulColony.start({ ticksPerExchange: 3 });
    await colony.inject(colony.leader, 'wipe', { kind: 'extinction', draw: 1, tick: 250 });
    await colony.inject(colony.leader, 'food', { kind: 'extraFood', amount: 4, tick: 250 });
    const cancelled = await cancel(colony.standby, 1);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { sequence: 1, tick: 250, kind: 'extinction', cancelled: true },
    });
    const events = await colony.expectReplayed(colony.leader, 300);
    expect(injectedOf(events)).toMatchObject([
      { sequence: 1, cancelled: true },
      { sequence: 2, kind: 'extraFood' },
    ]);
    expect(injectedOf(events)[1]).not.toHaveProperty('cancelled');
    expect(await colony.listed(colony.standby)).toEqual(events);
  });

  it('answers the same again, elsewhere and after a change of the leader, also to its own key', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'far', { kind: 'extinction', draw: 1, tick: 5_000 });
    const first = await cancel(colony.leader, 1);
    expect(await cancel(colony.standby, 1)).toEqual(first);
    colony.leader.kill();
    await colony.cluster.until(async () => {
      const { leader: leads } = await colony.cluster.store.read();
      return leads?.id === colony.standby.entry.bootId;
    }, 'the standby to lead');
    await colony.cluster.until(
      async () => (await colony.cluster.view(colony.standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(await cancel(colony.standby, 1)).toEqual(first);
    expect(
      await colony.inject(colony.standby, 'far', { kind: 'extinction', draw: 1, tick: 5_000 }),
    ).toEqual(first);
    expect(await colony.cluster.store.read()).toMatchObject({ eventSeq: 2 });
  });

  it('is cancelled as long as no backend may run to its tick, though the horizon is beyond', async () => {
    colony = await EventfulColony.start();
    await colony.cluster.untilDigest(100);
    const paused = await colony.cluster.during(
      colony.leader.request('/colony-pause', { method: 'POST' }),
    );
    const { effectiveTick } = (await paused.json()) as { effectiveTick: number };
    await colony.inject(colony.leader, 'next', { kind: 'extinction' });
    await colony.cluster.during(
      colony.leader.request('/colony-step?ticks=1&idempotency_key=s', { method: 'POST' }),
    );
    await colony.cluster.clock.advance(1_000);
    expect(await cancel(colony.leader, 1)).toMatchObject({
      status: 409,
      body: { code: 'EVENT_HAPPENED' },
    });
    await colony.inject(colony.leader, 'after', { kind: 'extinction' });
    expect(await cancel(colony.leader, 2)).toMatchObject({
      status: 200,
      body: { tick: effectiveTick + 2, cancelled: true },
    });
  });

  it('must be there: random events and cancellations have no sequence of their own', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'far', { kind: 'extinction', tick: 5_000 });
    await cancel(colony.leader, 1);
    for (const sequence of [2, 3]) {
      expect(await cancel(colony.leader, sequence)).toMatchObject({
        status: 404,
        body: { code: 'EVENT_NOT_FOUND' },
      });
    }
  });

  it('leaves its place at its tick to another', async () => {
    colony = await EventfulColony.start();
    for (let i = 0; i < EVENTS_PER_TICK_MAX; i++) {
      await colony.inject(colony.leader, `e${i}`, { kind: 'extraFood', tick: 5_000 });
    }
    const over = () => colony.inject(colony.leader, 'over', { kind: 'extraFood', tick: 5_000 });
    expect((await over()).status).toBe(409);
    await cancel(colony.leader, 7);
    expect((await over()).status).toBe(200);
  });

  it('waits for its cancellation to be in the log before its tick', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'wipe', { kind: 'extinction', draw: 1, tick: 150 });
    await colony.cluster.clock.advance(1_000);
    const append = colony.cluster.events.append.bind(colony.cluster.events);
    colony.cluster.events.append = () =>
      Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    expect((await cancel(colony.leader, 1)).status).toBe(200);
    await colony.cluster.clock.advance(60_000);
    expect(await colony.cluster.view(colony.leader)).toMatchObject({ phase: 'Waiting', tick: 150 });
    colony.cluster.events.append = append;
    await colony.expectReplayed(colony.leader, 300);
  });
});
